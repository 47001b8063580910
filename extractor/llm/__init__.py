"""The client of language models behind any OpenAI-compatible endpoint: typed answers, one layer of retries, a cache.

Nothing here knows what is asked. Importing this package imports neither openai nor instructor; `extractor.llm.client` does.
"""
