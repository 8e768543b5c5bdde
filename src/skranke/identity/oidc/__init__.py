"""Log-in with HelseID and ID-porten: OpenID Connect as the two providers ask for it.

Code flow with pushed authorization requests (RFC 9126), PKCE S256 (RFC 7636), private_key_jwt (RFC 7523), DPoP with
nonce (RFC 9449, HelseID) and the issuer in the answer (RFC 9207).
"""
