"""`make bench`: what the product's pages cost, as multiples of a bare page served the same way on the same machine."""
