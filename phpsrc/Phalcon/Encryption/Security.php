<?php

// No strict types: what the application gives as values is converted, as by the extension.

namespace Phalcon\Encryption;

use Phalcon\Contracts\Encryption\Security\Security as SecurityContract;
use Phalcon\Di\AbstractInjectionAware;
use Phalcon\Encryption\Security\Exceptions\UnknownHashAlgorithm;
use Phalcon\Encryption\Security\Passwords;
use Phalcon\Encryption\Security\Random;
use Phalcon\Http\RequestInterface;
use Phalcon\Session\ManagerInterface;
use Phalcon\Traits\Php\HashTrait;
use ValueError;

/** Hashes passwords, and tells forms of this site from those of others by tokens in the session (CSRF). */
class Security extends AbstractInjectionAware implements SecurityContract
{
    use HashTrait;

    /** What crypt() makes of: the setting before the salt, and how long the salt is. */
    private const LEGACY = [
        self::CRYPT_MD5 => ['$1$', 12],
        self::CRYPT_SHA256 => ['$5$', 16],
        self::CRYPT_SHA512 => ['$6$', 16],
        self::CRYPT_BLOWFISH_A => ['$2a$%02d$', 22],
        self::CRYPT_BLOWFISH_X => ['$2x$%02d$', 22],
    ];

    public const CRYPT_ARGON2I = 10;
    public const CRYPT_ARGON2ID = 11;
    public const CRYPT_BCRYPT = 0;
    public const CRYPT_DEFAULT = 0;
    public const CRYPT_BLOWFISH = 4;
    public const CRYPT_BLOWFISH_A = 5;
    public const CRYPT_BLOWFISH_X = 6;
    public const CRYPT_BLOWFISH_Y = 7;
    public const CRYPT_EXT_DES = 2;
    public const CRYPT_MD5 = 3;
    public const CRYPT_SHA256 = 8;
    public const CRYPT_SHA512 = 9;
    public const CRYPT_STD_DES = 1;
    protected $autoRefresh = true;
    protected $defaultHash = 0;
    protected $numberBytes = 16;
    protected $random = null;
    protected $requestToken = null;
    protected $token = null;
    protected $tokenKey = null;
    protected $tokenKeySessionId = '$PHALCON/CSRF/KEY$';
    protected $tokenValueSessionId = '$PHALCON/CSRF$';
    protected $workFactor = 10;

    private ?RequestInterface $localRequest = null;
    private ?ManagerInterface $localSession = null;

    /** The id of the session that $token, $tokenKey and $requestToken are of. */
    private ?string $tokenOwner = null;

    public function __construct(?ManagerInterface $session = null, ?RequestInterface $request = null)
    {
        $this->random = new Random();
        $this->localRequest = $request;
        $this->localSession = $session;
    }

    /** Whether the hash is of this password; a longer one than $maxPassLength, in bytes, is not looked at. */
    public function checkHash(
        #[\SensitiveParameter] string $password,
        string $passwordHash,
        int $maxPassLength = 0
    ): bool {
        return ($maxPassLength <= 0 || strlen($password) <= $maxPassLength)
            && Passwords::verify($password, $passwordHash);
    }

    /** Whether the form, or $tokenValue, has the session's token; which is dropped then. */
    public function checkToken(?string $tokenKey = null, $tokenValue = null, bool $destroyIfValid = true): bool
    {
        $tokenKey = $tokenKey ?: $this->session()?->get($this->tokenKeySessionId);
        if (!$tokenKey) {
            return false;
        }
        $userToken = $tokenValue ?: $this->getLocalService('request', 'localRequest')?->getPost($tokenKey, 'string');
        $knownToken = $this->getRequestToken();
        if (!is_string($knownToken) || $knownToken === '' || !is_scalar($userToken)) {
            return false;
        }
        $isSame = $this->phpHashEquals($knownToken, (string) $userToken);
        if ($isSame && $destroyIfValid) {
            $this->destroyToken();
        }

        return $isSame;
    }

    public function computeHmac(
        string $data,
        #[\SensitiveParameter] string $key,
        string $algorithm,
        bool $raw = false
    ): string {
        try {
            return $this->phpHashHmac($algorithm, $data, $key, $raw) ?: throw new UnknownHashAlgorithm($algorithm);
        } catch (ValueError) {
            throw new UnknownHashAlgorithm($algorithm);
        }
    }

    public function destroyToken(): static
    {
        $session = $this->session();
        $session?->remove($this->tokenKeySessionId);
        $session?->remove($this->tokenValueSessionId);
        $this->token = null;
        $this->tokenKey = null;
        $this->requestToken = null;

        return $this;
    }

    public function getDefaultHash(): int
    {
        return $this->defaultHash;
    }

    public function getHashInformation(string $hash): array
    {
        return password_get_info($hash);
    }

    public function getRandom(): Random
    {
        return $this->random;
    }

    public function getRandomBytes(): int
    {
        return $this->numberBytes;
    }

    /** The token that this request's form should have: the session's before getToken() made another. */
    public function getRequestToken(): ?string
    {
        $token = $this->getSessionToken();

        return $this->requestToken ?: $token;
    }

    public function getSessionToken(): ?string
    {
        return $this->session()?->get($this->tokenValueSessionId);
    }

    /** At least so many characters that a salt may have; 0: as many as setRandomBytes() says. */
    public function getSaltBytes(int $numberBytes = 0): string
    {
        return $this->random->base64Safe($numberBytes ?: $this->numberBytes);
    }

    /** The token for the next form: a new one for each request, unless autoRefresh is off. */
    public function getToken(): ?string
    {
        $session = $this->session();
        if ($this->token !== null) {
            return $this->token;
        }
        $sessionToken = $session?->get($this->tokenValueSessionId);
        $this->requestToken = $sessionToken;
        if (!$this->autoRefresh && $sessionToken !== null) {
            return $this->token = $sessionToken;
        }
        $this->token = $this->random->base64Safe($this->numberBytes);
        $session?->set($this->tokenValueSessionId, $this->token);

        return $this->token;
    }

    /** The name of the token's field in the next form; null without a session. */
    public function getTokenKey(): ?string
    {
        $session = $this->session();
        if ($this->tokenKey !== null || $session === null) {
            return $this->tokenKey;
        }
        if (!$this->autoRefresh) {
            $this->tokenKey = $session->get($this->tokenKeySessionId);
        }
        if ($this->tokenKey === null) {
            $this->tokenKey = $this->random->base64Safe($this->numberBytes);
            $session->set($this->tokenKeySessionId, $this->tokenKey);
        }

        return $this->tokenKey;
    }

    public function getWorkFactor(): int
    {
        return $this->workFactor;
    }

    /** Options are password_hash()'s: cost; memory_cost, time_cost, threads. In a Fiber of a worker others run meanwhile. */
    public function hash(#[\SensitiveParameter] string $password, array $options = []): string
    {
        $cost = min(31, max(4, (int) ($options['cost'] ?? $this->workFactor)));
        if (isset(self::LEGACY[$this->defaultHash])) {
            [$setting, $length] = self::LEGACY[$this->defaultHash];

            return crypt($password, sprintf($setting, $cost) . $this->getSaltBytes($length) . '$');
        }
        $options['cost'] = $cost;
        $algorithm = match ($this->defaultHash) {
            self::CRYPT_ARGON2I => PASSWORD_ARGON2I,
            self::CRYPT_ARGON2ID => PASSWORD_ARGON2ID,
            default => PASSWORD_BCRYPT,
        };
        if ($algorithm !== PASSWORD_BCRYPT) {
            $options += [
                'memory_cost' => PASSWORD_ARGON2_DEFAULT_MEMORY_COST,
                'time_cost' => PASSWORD_ARGON2_DEFAULT_TIME_COST,
                'threads' => PASSWORD_ARGON2_DEFAULT_THREADS,
            ];
        }

        return Passwords::hash($password, $algorithm, $options);
    }

    public function isLegacyHash(string $passwordHash): bool
    {
        return str_starts_with($passwordHash, '$2a$');
    }

    public function refreshToken(): static
    {
        $this->token = $this->random->base64Safe($this->numberBytes);
        $this->tokenKey = $this->random->base64Safe($this->numberBytes);
        $this->requestToken = null;
        $session = $this->session();
        $session?->set($this->tokenValueSessionId, $this->token);
        $session?->set($this->tokenKeySessionId, $this->tokenKey);

        return $this;
    }

    /** Whether each request gets a token of its own; otherwise one is for the whole session. */
    public function setAutoRefresh(bool $autoRefresh): static
    {
        $this->autoRefresh = $autoRefresh;

        return $this;
    }

    public function setDefaultHash(int $defaultHash): static
    {
        $this->defaultHash = $defaultHash;

        return $this;
    }

    public function setRandomBytes(int $randomBytes): static
    {
        $this->numberBytes = $randomBytes;

        return $this;
    }

    public function setWorkFactor(int $workFactor): static
    {
        $this->workFactor = $workFactor;

        return $this;
    }

    /** What the constructor got, or the container's service, which is kept. */
    protected function getLocalService(string $name, string $property)
    {
        if ($this->$property === null && $this->container?->has($name) === true) {
            $this->$property = $this->container->getShared($name);
        }

        return $this->$property;
    }

    /** The session; tokens that were made for another one are dropped, lest they are answered to its user. */
    private function session(): ?ManagerInterface
    {
        $session = $this->getLocalService('session', 'localSession');
        if ($session === null) {
            return null;
        }
        $id = $session->getId();
        $isOther = $this->tokenOwner !== null && $id !== $this->tokenOwner;
        $this->tokenOwner = $id;
        // A session that was given another id has the token still.
        if ($isOther && ($this->token === null || $session->get($this->tokenValueSessionId) !== $this->token)) {
            $this->token = null;
            $this->tokenKey = null;
            $this->requestToken = null;
        }

        return $session;
    }
}
