<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Http;

/** What a request says of who sends it. */
final class Authorization
{
    /** @return array<string, string> parts of a digest (RFC 7616, 3.4) by name */
    public static function digest(string $digest): array
    {
        preg_match_all('#(\w+)=([\'"]?)([^\'" ,]+)\2#', $digest, $parts);

        return array_combine($parts[1], $parts[3]);
    }

    /**
     * Headers that stand for the authorization: Php-Auth-* and Authorization.
     *
     * @param array<string, mixed> $server as $_SERVER
     * @param array<string, string> $headers what is known already
     * @return array<string, string>
     */
    public static function headers(array $server, array $headers): array
    {
        if (isset($server['PHP_AUTH_USER'], $server['PHP_AUTH_PW'])) {
            $headers['Php-Auth-User'] = $server['PHP_AUTH_USER'];
            $headers['Php-Auth-Pw'] = $server['PHP_AUTH_PW'];
        } else {
            // Apache hides the header from CGI programs, and shows it by the other name after a rewrite.
            $sent = $server['HTTP_AUTHORIZATION'] ?? $server['REDIRECT_HTTP_AUTHORIZATION'] ?? '';
            $headers = array_merge($headers, is_string($sent) ? self::fromHeader($sent, $server) : []);
        }
        if (!isset($headers['Authorization'])) {
            if (isset($headers['Php-Auth-User'])) {
                $credentials = $headers['Php-Auth-User'] . ':' . ($headers['Php-Auth-Pw'] ?? '');
                $headers['Authorization'] = 'Basic ' . base64_encode($credentials);
            } elseif (isset($headers['Php-Auth-Digest'])) {
                $headers['Authorization'] = $headers['Php-Auth-Digest'];
            }
        }

        return $headers;
    }

    private static function fromHeader(string $sent, array $server): array
    {
        if (stripos($sent, 'basic ') === 0) {
            $pair = explode(':', (string) base64_decode(substr($sent, 6)), 2);

            return isset($pair[1]) ? ['Php-Auth-User' => $pair[0], 'Php-Auth-Pw' => $pair[1]] : [];
        }
        if (stripos($sent, 'digest ') === 0) {
            return isset($server['PHP_AUTH_DIGEST']) ? [] : ['Php-Auth-Digest' => $sent];
        }

        return stripos($sent, 'bearer ') === 0 ? ['Authorization' => $sent] : [];
    }
}
