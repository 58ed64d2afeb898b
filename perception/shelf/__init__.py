"""The bookshelf camera: which book was taken, put back or put elsewhere."""
