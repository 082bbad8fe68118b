"""Features written one by one: kept beside the layer's revision, laid over it, folded into the next."""
