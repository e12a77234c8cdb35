<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Token;

use Phalcon\Encryption\Security\JWT\Exceptions\InvalidClaims;
use Phalcon\Encryption\Security\JWT\Exceptions\InvalidHeader;
use Phalcon\Encryption\Security\JWT\Exceptions\MalformedJwtString;
use Phalcon\Encryption\Security\JWT\Exceptions\MissingJwtTypHeader;
use Phalcon\Support\Helper\Json\Decode;
use Phalcon\Traits\Php\Base64Trait;

/** Reads tokens. It does not verify them. */
class Parser
{
    use Base64Trait;

    private Decode $decode;

    public function __construct(?Decode $decode = null)
    {
        $this->decode = $decode ?? new Decode();
    }

    public function parse(string $token): Token
    {
        $parts = explode('.', $token);
        if (count($parts) !== 3) {
            throw new MalformedJwtString();
        }
        [$headers, $claims, $signature] = $parts;
        $headers = $this->decodeHeaders($headers);
        $claims = $this->decodeClaims($claims);

        return new Token($headers, $claims, $this->decodeSignature($headers, $signature));
    }

    private function decodeClaims(string $claims): Item
    {
        $decoded = ($this->decode)($this->doDecodeUrl($claims), true);
        if (!is_array($decoded)) {
            throw new InvalidClaims();
        }
        if (isset($decoded[Enum::AUDIENCE])) {
            $decoded[Enum::AUDIENCE] = (array) $decoded[Enum::AUDIENCE];
        }

        return new Item($decoded, $claims);
    }

    private function decodeHeaders(string $headers): Item
    {
        $decoded = ($this->decode)($this->doDecodeUrl($headers), true);
        if (!is_array($decoded)) {
            throw new InvalidHeader();
        }
        if (!isset($decoded[Enum::TYPE])) {
            throw new MissingJwtTypHeader();
        }

        return new Item($decoded, $headers);
    }

    private function decodeSignature(Item $headers, string $signature): Signature
    {
        return $headers->get(Enum::ALGO, 'none') === 'none'
            ? new Signature()
            : new Signature($this->doDecodeUrl($signature), $signature);
    }
}
