<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Token;

/** The names of headers and claims: RFC 7519, 4.1 and 5. */
class Enum
{
    public const ALGO = 'alg';
    public const AUDIENCE = 'aud';
    public const CONTENT_TYPE = 'cty';
    public const EXPIRATION_TIME = 'exp';
    public const ID = 'jti';
    public const ISSUED_AT = 'iat';
    public const ISSUER = 'iss';
    public const NOT_BEFORE = 'nbf';
    public const SUBJECT = 'sub';
    public const TYPE = 'typ';
}
