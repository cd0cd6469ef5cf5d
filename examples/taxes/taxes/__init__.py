"""Collection points take the property tax and post each payment to the municipality."""
