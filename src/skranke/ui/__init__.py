"""The look: one Jinja2 environment, macros, forms, language, security headers, and the vendored CSS and JavaScript.

A page builder's guide is docs/ui.md.
"""
