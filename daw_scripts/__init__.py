"""What is installed in a DAW, and the tools that make its icons and its index."""
