"""What a sentence wants: the registry's fast path, the NLU model behind a Protocol, and the decision between them."""
