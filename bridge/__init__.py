"""The process between DAW and agent: adapters, jobs, reports and the command line."""
