"""Being driven: ``faderbot serve``, an OSC server that DAWs, surfaces and show controllers start mixes with."""
