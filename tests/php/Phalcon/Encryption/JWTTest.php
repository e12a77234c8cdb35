<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Encryption;

use DateTimeImmutable;
use Phalcon\Encryption\Security\JWT\Builder;
use Phalcon\Encryption\Security\JWT\Exceptions\UnsupportedAlgorithmException;
use Phalcon\Encryption\Security\JWT\Signer\Hmac;
use Phalcon\Encryption\Security\JWT\Signer\None;
use Phalcon\Encryption\Security\JWT\Token\Parser;
use Phalcon\Encryption\Security\JWT\Token\Token;
use Phalcon\Encryption\Security\JWT\Validator;
use Phalcon\Time\Clock\FrozenClock;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Throwable;

/** What becomes of tokens that somebody has changed, or signed otherwise. */
final class JWTTest extends TestCase
{
    private const KEY = 'QcMpZ&b&mo3TPsPk668J6QH8JA$&U&m2';

    public function testTheTokensOfRFC7515AreOurs(): void
    {
        // RFC 7515, A.1
        $token = (new Parser())->parse('eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsD'
            . 'QogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk');
        $key = base64_decode(strtr(
            'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
            '-_',
            '+/'
        ));
        self::assertTrue($token->verify(new Hmac('sha256'), $key));
        self::assertSame('joe', $token->getClaims()->get('iss'));
    }

    #[DataProvider('swaps')]
    public function testAnotherAlgorithmThanTheSignersIsRefused(string $alg, string $signedBy): void
    {
        $token = self::forged($alg, $signedBy);
        self::assertFalse($token->verify(new Hmac('sha512'), self::KEY));
    }

    /** @return array<string, array{string, string}> */
    public static function swaps(): array
    {
        return [
            'none, unsigned' => ['none', ''],
            'none, signed' => ['none', 'sha512'],
            'None' => ['None', ''],
            'NONE' => ['NONE', ''],
            'nOnE' => ['nOnE', ''],
            'none with a NUL' => ["none\0", ''],
            'none after a space' => [' none', ''],
            'no algorithm' => ['', ''],
            'HS256 for HS512' => ['HS256', 'sha256'],
            'HS256 that says HS512' => ['HS512', 'sha256'],
            'HS512 that says HS256' => ['HS256', 'sha512'],
            'RS512, signed with the public key as a secret' => ['RS512', 'sha512'],
            'ES512' => ['ES512', 'sha512'],
            'HS512 in small letters' => ['hs512', 'sha512'],
        ];
    }

    public function testAnAlgorithmThatIsNoTextIsRefused(): void
    {
        foreach ([['HS512'], true, 0, null, 512] as $alg) {
            self::assertFalse(self::forged($alg, 'sha512')->verify(new Hmac('sha512'), self::KEY));
        }
        self::assertTrue(self::forged('HS512', 'sha512')->verify(new Hmac('sha512'), self::KEY));
    }

    public function testWhoVerifiesWithASignerGetsNoUnsignedToken(): void
    {
        foreach (['none', 'HS512'] as $alg) {
            $validator = (new Validator(self::forged($alg, '')))->validateSignature(new Hmac('sha512'), self::KEY);
            self::assertSame(['Validation: the signature does not match'], $validator->getErrors());
        }
        // None believes what has no signature, and nothing else.
        self::assertTrue(self::forged('none', '')->verify(new None(), self::KEY));
        self::assertFalse(self::forged('HS512', '')->verify(new None(), self::KEY));
        self::assertFalse(self::forged('HS512', 'sha512')->verify(new None(), self::KEY));
    }

    public function testATokenThatWasChangedAnywhereIsRefused(): void
    {
        $token = self::signed()->getToken();
        $signer = new Hmac();
        self::assertTrue((new Parser())->parse($token)->verify($signer, self::KEY));
        self::assertFalse((new Parser())->parse($token)->verify($signer, self::KEY . 'x'));
        // The last character's unused bits are no part of the signature.
        for ($at = 0; $at < strlen($token) - 1; $at++) {
            foreach (['A', '_', '.', '='] as $other) {
                if ($token[$at] === $other) {
                    continue;
                }
                try {
                    $changed = (new Parser())->parse(substr_replace($token, $other, $at, 1));
                    // What is no base64 is skipped, so that a text of it may be as good; never with other claims.
                    $isGood = $changed->verify($signer, self::KEY);
                    self::assertFalse($isGood && $changed->getPayload() !== self::payload($token), "byte $at: $other");
                    self::assertFalse($isGood && $other !== '=', "byte $at: $other");
                } catch (Throwable $e) {
                    self::assertNotSame(\Error::class, $e::class, $e->getMessage());
                }
            }
        }
    }

    public function testClaimsAreComparedAsWhatTheyAre(): void
    {
        $validator = new Validator(self::claiming(['aud' => [true], 'iss' => true, 'sub' => [1], 'jti' => 0]));
        $validator->validateAudience('anyone')->validateAudience('1')->validateIssuer('yes')->validateSubject('Array');
        $validator->validateId('')->validateClaim('jti', '0')->validateClaim('iss', 'true');
        self::assertCount(7, $validator->getErrors());

        $validator = new Validator(self::claiming(['aud' => ['a', '0']]));
        self::assertSame([], $validator->validateAudience(['a', '0'])->getErrors());
        self::assertCount(2, $validator->validateAudience(['a', 'b'])->validateAudience('00')->getErrors());
        self::assertCount(1, (new Validator(self::claiming([])))->validateAudience('a')->getErrors());
    }

    public function testTimesAreTheClocks(): void
    {
        $token = self::claiming(['exp' => 2000, 'nbf' => 1000, 'iat' => 1000]);
        foreach ([999 => 2, 1000 => 0, 2000 => 0, 2001 => 1] as $now => $errors) {
            $clock = new FrozenClock(new DateTimeImmutable("@$now"));
            self::assertCount($errors, $token->validate(new Validator($token, 0, $clock)), "at $now");
        }
    }

    public function testOnlyHashesForTokensSign(): void
    {
        foreach (['md5', 'sha1', 'SHA256', 'none', ''] as $algorithm) {
            try {
                new Hmac($algorithm);
                self::fail("$algorithm signs");
            } catch (UnsupportedAlgorithmException $e) {
                self::assertSame('Unsupported HMAC algorithm', $e->getMessage());
            }
        }
    }

    private static function signed(): Token
    {
        return (new Builder(new Hmac()))->setPassphrase(self::KEY)->setSubject('ada')->setAudience('x')->getToken();
    }

    private static function payload(string $token): string
    {
        return substr($token, 0, (int) strrpos($token, '.'));
    }

    /** @param string $signedBy a hash algorithm, or '' */
    private static function forged(mixed $alg, string $signedBy): Token
    {
        $payload = self::encode(['typ' => 'JWT', 'alg' => $alg]) . '.' . self::encode(['sub' => 'root']);
        $signature = $signedBy === '' ? '' : hash_hmac($signedBy, $payload, self::KEY, true);

        return (new Parser())->parse("$payload." . self::base64($signature));
    }

    private static function claiming(array $claims): Token
    {
        return (new Parser())->parse(self::encode(['typ' => 'JWT', 'alg' => 'none']) . '.' . self::encode($claims) . '.');
    }

    private static function encode(array $data): string
    {
        return self::base64(json_encode((object) $data));
    }

    private static function base64(string $text): string
    {
        return rtrim(strtr(base64_encode($text), '+/', '-_'), '=');
    }
}
