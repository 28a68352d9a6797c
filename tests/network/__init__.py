"""Operating system two: experiments."""
