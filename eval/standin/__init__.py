"""A stand-in for a language model: speaks the chat-completions protocol on loopback and answers from known truth.

For tests and demonstrations. It shows how the software behaves with answers that are right, wrong or missing in known ways;
no figure obtained with it says anything of a real model.
"""
