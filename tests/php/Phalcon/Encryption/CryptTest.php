<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Encryption;

use Phalcon\Encryption\Crypt;
use Phalcon\Encryption\Crypt\Exception\DecryptionFailed;
use Phalcon\Encryption\Crypt\Exception\Exception;
use Phalcon\Encryption\Crypt\Exception\InvalidDecryptLength;
use Phalcon\Encryption\Crypt\Exception\Mismatch;
use Phalcon\Encryption\Crypt\Exception\UnsupportedAlgorithm;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** What becomes of encrypted texts that somebody has changed. */
final class CryptTest extends TestCase
{
    private const KEY = "T4\xb1\x8d\xa9\x98\x05\\\x8c\xbe\x1d\x07&[\x99\x18\xa4~Lc1\xbeW\xb3";
    private const TEXT = 'user=7; admin=0; until=2030-01-01';

    /** @return array<string, array{string}> */
    public static function ciphers(): array
    {
        return ['CFB' => ['aes-256-cfb'], 'CBC' => ['aes-256-cbc'], 'CTR' => ['aes-256-ctr'], 'GCM' => ['aes-256-gcm'],
            'CCM' => ['aes-256-ccm']];
    }

    #[DataProvider('ciphers')]
    public function testASignedTextThatWasChangedAnywhereIsRefused(string $cipher): void
    {
        $crypt = self::crypt($cipher);
        $encrypted = $crypt->encrypt(self::TEXT);
        self::assertSame(self::TEXT, $crypt->decrypt($encrypted));
        for ($at = 0; $at < strlen($encrypted); $at++) {
            foreach ([0x01, 0x80, 0xff] as $bits) {
                $changed = $encrypted;
                $changed[$at] = chr(ord($changed[$at]) ^ $bits);
                self::assertRefused($crypt, $changed, "byte $at");
            }
        }
        for ($length = 0; $length < strlen($encrypted); $length++) {
            self::assertRefused($crypt, substr($encrypted, 0, $length), "cut to $length");
        }
        self::assertRefused($crypt, $encrypted . 'x', 'one byte more');
        self::assertRefused($crypt, substr($encrypted, 1), 'without its first byte');
        self::assertRefused($crypt->setKey(strrev(self::KEY)), $encrypted, 'another key');
    }

    #[DataProvider('authenticating')]
    public function testACipherThatAuthenticatesNeedsNoSignature(string $cipher): void
    {
        $crypt = self::crypt($cipher)->useSigning(false);
        $encrypted = $crypt->encrypt(self::TEXT);
        self::assertSame(self::TEXT, $crypt->decrypt($encrypted));
        for ($at = 0; $at < strlen($encrypted); $at++) {
            $changed = $encrypted;
            $changed[$at] = chr(ord($changed[$at]) ^ 1);
            self::assertRefused($crypt, $changed, "byte $at");
        }
        self::assertRefused($crypt->setAuthData('another user'), $encrypted, 'other data');
    }

    /** OpenSSL takes the tag's length from the tag: one of a byte would be guessed after 256 attempts at most. */
    #[DataProvider('authenticating')]
    public function testATagThatIsTooShortIsRefused(string $cipher): void
    {
        $crypt = self::crypt($cipher)->useSigning(false);
        $iv = substr($crypt->encrypt(self::TEXT), 0, openssl_cipher_iv_length($cipher));
        for ($byte = 0; $byte < 256; $byte++) {
            self::assertRefused($crypt, $iv . chr($byte), "tag $byte");
        }
        self::assertRefused($crypt, $iv, 'no tag');
    }

    /** @return array<string, array{string}> */
    public static function authenticating(): array
    {
        return ['GCM' => ['aes-256-gcm'], 'CCM' => ['aes-256-ccm']];
    }

    /** With two kinds of failure whoever may ask often enough decrypts without the key: a padding oracle. */
    public function testWrongPaddingIsNoOtherFailureThanAWrongSignature(): void
    {
        $crypt = self::crypt('aes-256-cbc');
        $encrypted = $crypt->encrypt(self::TEXT);
        $failures = [];
        for ($byte = 0; $byte < 256; $byte++) {
            $changed = $encrypted;
            $changed[-17] = chr($byte); // the last block's plain text changes with it
            try {
                $crypt->decrypt($changed);
            } catch (Exception $e) {
                $failures[$e::class . ': ' . $e->getMessage()] = true;
            }
        }
        self::assertSame([Mismatch::class . ': Hash does not match.'], array_keys($failures));
    }

    public function testATextIsEncryptedToAnotherOneEachTime(): void
    {
        $crypt = self::crypt('aes-256-cbc');
        $all = [];
        for ($i = 0; $i < 200; $i++) {
            $all[substr($crypt->encrypt(self::TEXT), 0, 16)] = true;
        }
        self::assertCount(200, $all);
    }

    #[DataProvider('paddings')]
    public function testATextOfAnyLengthComesBack(int $padding): void
    {
        foreach (['aes-256-cbc', 'aes-256-cfb', 'aes-128-cbc'] as $cipher) {
            $crypt = self::crypt($cipher)->setPadding($padding);
            for ($length = 0; $length < 70; $length++) {
                $text = str_repeat('x', $length);
                for ($i = 0; $i < 20; $i++) {
                    self::assertSame($text, $crypt->decrypt($crypt->encrypt($text)), "$cipher, $length bytes");
                }
            }
            self::assertSame(self::TEXT, $crypt->decryptBase64($crypt->encryptBase64(self::TEXT, safe: true), safe: true));
        }
    }

    /** @return array<string, array{int}> */
    public static function paddings(): array
    {
        return [
            'OpenSSL' => [Crypt::PADDING_DEFAULT],
            'ANSI X.923' => [Crypt::PADDING_ANSI_X_923],
            'ISO 10126' => [Crypt::PADDING_ISO_10126],
            'ISO/IEC 7816-4' => [Crypt::PADDING_ISO_IEC_7816_4],
            'PKCS7' => [Crypt::PADDING_PKCS7],
            'spaces' => [Crypt::PADDING_SPACE],
            'zeros' => [Crypt::PADDING_ZERO],
        ];
    }

    /** The extension reads what was made here, and the other way round. */
    public function testTheFormatIsVectorSignatureCipherTextAndTag(): void
    {
        $iv = str_repeat("\x07", 16);
        $encrypted = openssl_encrypt(self::TEXT, 'aes-256-cfb', self::KEY, OPENSSL_RAW_DATA, $iv);
        $signed = $iv . hash_hmac('sha256', self::TEXT, self::KEY, true) . $encrypted;
        self::assertSame(self::TEXT, self::crypt('aes-256-cfb')->decrypt($signed));
        self::assertSame(self::TEXT, self::crypt('aes-256-cfb')->useSigning(false)->decrypt($iv . $encrypted));

        $iv = str_repeat("\x07", 12);
        $encrypted = openssl_encrypt(self::TEXT, 'aes-256-gcm', self::KEY, OPENSSL_RAW_DATA, $iv, $tag, 'session 7');
        $crypt = self::crypt('aes-256-gcm')->useSigning(false);
        self::assertSame(self::TEXT, $crypt->decrypt($iv . $encrypted . $tag));
        self::assertSame(substr($crypt->encrypt(self::TEXT), -16), $crypt->getAuthTag());
    }

    public function testCiphersThatAreBrokenAreNotThere(): void
    {
        foreach (['des-ede3-cbc', 'rc4', 'aes-256-ecb', 'AES-256-ECB', 'no-such'] as $cipher) {
            try {
                new Crypt($cipher);
                self::fail("$cipher is there");
            } catch (UnsupportedAlgorithm $e) {
                self::assertStringContainsString("'$cipher'", $e->getMessage());
            }
        }
    }

    private static function assertRefused(Crypt $crypt, string $encrypted, string $what): void
    {
        $text = $refusal = null;
        try {
            $text = @$crypt->decrypt($encrypted); // PHP warns of short vectors and tags
        } catch (Mismatch | DecryptionFailed | InvalidDecryptLength $refusal) {
            // What is asserted below.
        }
        self::assertNotNull($refusal, "$what: decrypted as " . bin2hex((string) $text));
    }

    private static function crypt(string $cipher): Crypt
    {
        return (new Crypt($cipher))->setKey(self::KEY)->setAuthData('session 7');
    }
}
