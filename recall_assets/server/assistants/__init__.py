"""What assistants ask, over MCP: read only, redacted text only, nothing of the vault.

quoting     an answer as text: a notice, then what screens showed between lines that nobody can guess
answers     rows as objects: ids, times with their zone, the address of the page
tools       the questions, and what is noted of each
packing     recall_context_pack
transport   /mcp, for a token of scope mcp; `recall mcp` speaks over stdio
"""
