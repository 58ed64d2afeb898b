"""Hearing: audio in, contract events out. Runs in a child process of its own (`worker`) and in `seoula replay`."""
