<?php

declare(strict_types=1);

namespace Phalcon\Encryption;

use Phalcon\Encryption\Crypt\CryptInterface;
use Phalcon\Encryption\Crypt\Exception\DecryptionFailed;
use Phalcon\Encryption\Crypt\Exception\EmptyDecryptionKey;
use Phalcon\Encryption\Crypt\Exception\EmptyEncryptionKey;
use Phalcon\Encryption\Crypt\Exception\EncryptionFailed;
use Phalcon\Encryption\Crypt\Exception\InvalidAuthTagLength;
use Phalcon\Encryption\Crypt\Exception\InvalidDecryptLength;
use Phalcon\Encryption\Crypt\Exception\InvalidPaddingSize;
use Phalcon\Encryption\Crypt\Exception\IvLengthCalculationFailed;
use Phalcon\Encryption\Crypt\Exception\Mismatch;
use Phalcon\Encryption\Crypt\Exception\MissingAuthData;
use Phalcon\Encryption\Crypt\Exception\MissingOpensslExtension;
use Phalcon\Encryption\Crypt\Exception\RandomBytesGenerationFailed;
use Phalcon\Encryption\Crypt\Exception\UnsupportedAlgorithm;
use Phalcon\Encryption\Crypt\Padding\PadInterface;
use Phalcon\Encryption\Crypt\PadFactory;
use Phalcon\Traits\Php\Base64Trait;
use Phalcon\Traits\Php\HashTrait;
use Phalcon\Traits\Php\InfoTrait;
use Phalcon\Traits\Php\OpensslTrait;
use Throwable;

/**
 * Encrypts and decrypts text with OpenSSL's ciphers. What it makes is the initialization vector, the HMAC of the text
 * when it signs, the encrypted text, and the tag of a cipher that authenticates (GCM, CCM).
 */
class Crypt implements CryptInterface
{
    use Base64Trait;
    use HashTrait;
    use InfoTrait;
    use OpensslTrait;

    public const DEFAULT_ALGORITHM = 'sha256';
    public const DEFAULT_CIPHER = 'aes-256-cfb';
    public const PADDING_ANSI_X_923 = 1;
    public const PADDING_DEFAULT = 0;
    public const PADDING_ISO_10126 = 3;
    public const PADDING_ISO_IEC_7816_4 = 4;
    public const PADDING_PKCS7 = 2;
    public const PADDING_SPACE = 6;
    public const PADDING_ZERO = 5;
    protected $authData = '';
    protected $authTag = '';
    protected $authTagLength = 16;
    protected $availableCiphers = [];
    protected $cipher = 'aes-256-cfb';
    protected $hashAlgorithm = 'sha256';
    protected $hashLengthCache = [];
    protected $ivLength = 16;
    protected $key = '';
    protected $padding = 0;
    protected $padFactory = null;
    protected $useSigning = true;

    /** @var array<string, string> process-wide: what OpenSSL has, which takes long to ask */
    private static array $ciphers = [];

    public function __construct(string $cipher = 'aes-256-cfb', bool $useSigning = true, ?PadFactory $padFactory = null)
    {
        $this->padFactory = $padFactory ?? new PadFactory();
        $this->initializeAvailableCiphers()->setCipher($cipher)->useSigning($useSigning);
    }

    /** An empty key stands for that of setKey(). */
    public function decrypt(string $input, #[\SensitiveParameter] ?string $key = null): string
    {
        $key = $key ?: $this->key;
        if (!$key) {
            throw new EmptyDecryptionKey();
        }
        $this->checkCipherHashIsAvailable($this->cipher, 'cipher');
        if (!$this->isValidDecryptLength($input)) {
            throw new InvalidDecryptLength();
        }
        $mode = $this->getMode();
        $blockSize = $this->getBlockSize($mode);
        $iv = substr($input, 0, $this->ivLength);
        if (!$this->useSigning) {
            $text = $this->decryptGcmCcmAuth($mode, substr($input, $this->ivLength), $key, $iv);

            return $this->decryptGetUnpadded($mode, $blockSize, $text);
        }
        $hashLength = $this->getHashLength();
        $digest = substr($input, $this->ivLength, $hashLength);
        $cipherText = substr($input, $this->ivLength + $hashLength);
        $isPadded = true;
        try {
            $text = $this->decryptGcmCcmAuth($mode, $cipherText, $key, $iv);
        } catch (DecryptionFailed $e) {
            if ($mode !== 'cbc') {
                throw $e;
            }
            // Whoever could tell wrong padding from a wrong signature, by the answer or by how long it takes, could
            // decrypt without the key.
            $isPadded = false;
            $text = $cipherText;
        }
        $isSigned = $this->phpHashEquals($this->phpHashHmac($this->hashAlgorithm, $text, $key, true), $digest);
        if (!$isSigned || !$isPadded) {
            throw new Mismatch('Hash does not match.');
        }

        return $this->decryptGetUnpadded($mode, $blockSize, $text);
    }

    /** What encryptBase64() made; $safe: in the alphabet for URLs. */
    public function decryptBase64(string $input, #[\SensitiveParameter] ?string $key = null, bool $safe = false): string
    {
        return $this->decrypt($safe ? $this->doDecodeUrl($input) : (string) base64_decode($input), $key);
    }

    /** An empty key stands for that of setKey(). */
    public function encrypt(string $input, #[\SensitiveParameter] ?string $key = null): string
    {
        $key = $key ?: $this->key;
        if (!$key) {
            throw new EmptyEncryptionKey();
        }
        $this->checkCipherHashIsAvailable($this->cipher, 'cipher');
        $mode = $this->getMode();
        $blockSize = $this->getBlockSize($mode);
        try {
            $iv = $this->phpOpensslRandomPseudoBytes($this->ivLength);
        } catch (Throwable) {
            throw new RandomBytesGenerationFailed();
        }
        $padded = $this->encryptGetPadded($mode, $input, $blockSize);
        $encrypted = $this->encryptGcmCcm($mode, $padded, $key, $iv);
        $digest = $this->useSigning ? $this->phpHashHmac($this->hashAlgorithm, $padded, $key, true) : '';

        return $iv . $digest . $encrypted;
    }

    /** The same in base64; $safe: in the alphabet for URLs, without padding. */
    public function encryptBase64(string $input, #[\SensitiveParameter] ?string $key = null, bool $safe = false): string
    {
        $encrypted = $this->encrypt($input, $key);

        return $safe ? $this->doEncodeUrl($encrypted) : base64_encode($encrypted);
    }

    public function getAvailableCiphers(): array
    {
        return $this->availableCiphers;
    }

    public function getAuthData(): string
    {
        return $this->authData;
    }

    public function getAuthTag(): string
    {
        return $this->authTag;
    }

    public function getAuthTagLength(): int
    {
        return $this->authTagLength;
    }

    public function getAvailableHashAlgorithms(): array
    {
        return $this->phpFunctionExists('hash_hmac_algos') ? hash_hmac_algos() : hash_algos();
    }

    public function getHashAlgorithm(): string
    {
        return $this->hashAlgorithm;
    }

    public function getCipher(): string
    {
        return $this->cipher;
    }

    public function getKey(): string
    {
        return $this->key;
    }

    public function isValidDecryptLength(string $input): bool
    {
        $length = $this->phpOpensslCipherIvLength($this->cipher);

        return $length !== false && $length <= strlen($input);
    }

    /** What a cipher that authenticates signs besides the text. */
    public function setAuthData(string $data): CryptInterface
    {
        $this->authData = $data;

        return $this;
    }

    public function setAuthTag(string $tag): CryptInterface
    {
        $this->authTag = $tag;

        return $this;
    }

    /** In bytes, 4 to 16. */
    public function setAuthTagLength(int $length): CryptInterface
    {
        if ($length < 4 || $length > 16) {
            throw new InvalidAuthTagLength();
        }
        $this->authTagLength = $length;

        return $this;
    }

    public function setCipher(string $cipher): CryptInterface
    {
        $this->checkCipherHashIsAvailable($cipher, 'cipher');
        $this->ivLength = $this->getIvLength($cipher);
        $this->cipher = $cipher;

        return $this;
    }

    public function setKey(#[\SensitiveParameter] string $key): CryptInterface
    {
        $this->key = $key;

        return $this;
    }

    public function setHashAlgorithm(string $hashAlgorithm): static
    {
        $this->checkCipherHashIsAvailable($hashAlgorithm, 'hash');
        $this->hashAlgorithm = $hashAlgorithm;

        return $this;
    }

    public function setPadding(int $scheme): CryptInterface
    {
        $this->padding = $scheme;

        return $this;
    }

    /** Whether an HMAC of the text tells a changed one. */
    public function useSigning(bool $useSigning): CryptInterface
    {
        $this->useSigning = $useSigning;

        return $this;
    }

    protected function checkCipherHashIsAvailable(string $cipher, string $type): void
    {
        $available = $type === 'hash' ? $this->getAvailableHashAlgorithms() : $this->getAvailableCiphers();
        $name = strtolower($cipher);
        if (!isset($available[$name]) && !in_array($name, $available, true)) {
            throw new UnsupportedAlgorithm($type, $cipher);
        }
    }

    protected function cryptPadText(string $input, string $mode, int $blockSize, int $paddingType): string
    {
        if ($mode !== 'cbc') {
            return $input;
        }
        $size = $blockSize - strlen($input) % $blockSize;
        if ($size >= 256 || $size < 0) {
            throw new InvalidPaddingSize();
        }

        return $input . substr($this->padding($paddingType)->pad($size), 0, $size);
    }

    protected function cryptUnpadText(string $input, string $mode, int $blockSize, int $paddingType): string
    {
        $length = strlen($input);
        if ($mode !== 'cbc' || $length === 0 || $length % $blockSize !== 0) {
            return $input;
        }
        $size = $this->padding($paddingType)->unpad($input, $blockSize);

        return $size <= 0 || $size > $blockSize ? $input : substr($input, 0, $length - $size);
    }

    protected function decryptGetUnpadded(string $mode, int $blockSize, string $decrypted): string
    {
        return $this->cryptUnpadText($decrypted, $mode, $blockSize, $this->padding);
    }

    protected function decryptGcmCcmAuth(
        string $mode,
        string $cipherText,
        #[\SensitiveParameter] string $decryptKey,
        string $iv
    ): string {
        if ($mode === 'ccm' || $mode === 'gcm') {
            // A shorter tag would be accepted for what it is, and is easy to guess.
            if (strlen($cipherText) < $this->authTagLength) {
                throw new DecryptionFailed();
            }
            $decrypted = openssl_decrypt(
                substr($cipherText, 0, -$this->authTagLength),
                $this->cipher,
                $decryptKey,
                OPENSSL_RAW_DATA,
                $iv,
                substr($cipherText, -$this->authTagLength),
                $this->authData
            );
        } else {
            $decrypted = openssl_decrypt($cipherText, $this->cipher, $decryptKey, OPENSSL_RAW_DATA, $iv);
        }

        return $decrypted === false ? throw new DecryptionFailed() : $decrypted;
    }

    protected function encryptGetPadded(string $mode, string $input, int $blockSize): string
    {
        return $this->padding === self::PADDING_DEFAULT
            ? $input
            : $this->cryptPadText($input, $mode, $blockSize, $this->padding);
    }

    protected function encryptGcmCcm(
        string $mode,
        string $padded,
        #[\SensitiveParameter] string $encryptKey,
        string $iv
    ): string {
        $tag = '';
        if ($mode === 'ccm' || $mode === 'gcm') {
            if (!$this->authData) {
                throw new MissingAuthData();
            }
            $encrypted = openssl_encrypt(
                $padded,
                $this->cipher,
                $encryptKey,
                OPENSSL_RAW_DATA,
                $iv,
                $tag,
                $this->authData,
                $this->authTagLength
            );
            $this->authTag = (string) $tag;
        } else {
            $encrypted = openssl_encrypt($padded, $this->cipher, $encryptKey, OPENSSL_RAW_DATA, $iv);
        }

        return $encrypted === false ? throw new EncryptionFailed() : $encrypted . $tag;
    }

    /** OpenSSL's ciphers but DES, RC2, RC4, and those in ECB mode. */
    protected function initializeAvailableCiphers(): static
    {
        if (!$this->phpFunctionExists('openssl_get_cipher_methods')) {
            throw new MissingOpensslExtension();
        }
        if (self::$ciphers === []) {
            $allowed = preg_grep('/^(?:des|rc2|rc4)|ecb$/D', openssl_get_cipher_methods(true), PREG_GREP_INVERT);
            self::$ciphers = array_combine($allowed, $allowed);
        }
        $this->availableCiphers = self::$ciphers;

        return $this;
    }

    private function getBlockSize(string $mode): int
    {
        return $this->ivLength > 0 ? $this->ivLength : $this->getIvLength(str_ireplace("-$mode", '', $this->cipher));
    }

    private function getHashLength(): int
    {
        return $this->hashLengthCache[$this->hashAlgorithm]
            ??= strlen($this->phpHash($this->hashAlgorithm, '', true));
    }

    private function getIvLength(string $cipher): int
    {
        $length = openssl_cipher_iv_length($cipher);

        return $length === false ? throw new IvLengthCalculationFailed() : $length;
    }

    /** What the cipher's name ends with, such as "cbc". */
    private function getMode(): string
    {
        return strtolower(substr($this->cipher, (int) strrpos($this->cipher, '-') + 1));
    }

    private function padding(int $type): PadInterface
    {
        return $this->padFactory->newInstance($this->padFactory->padNumberToService($type));
    }
}
