"""The state directory: where inputs, runs and generations are kept, and who may change them."""
