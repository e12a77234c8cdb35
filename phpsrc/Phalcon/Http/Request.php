<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Http;

use Phalanx\Phalcon\Http\Addresses;
use Phalanx\Phalcon\Http\Authorization;
use Phalanx\Phalcon\Http\FormData;
use Phalanx\Phalcon\Http\Negotiation;
use Phalcon\Contracts\Http\AttributeRequest;
use Phalcon\Di\AbstractInjectionAware;
use Phalcon\Http\Message\RequestMethodInterface;
use Phalcon\Http\Request\Bag\AttributeBag;
use Phalcon\Http\Request\Exceptions\FilterServiceUnavailable;
use Phalcon\Http\Request\Exceptions\InvalidHost;
use Phalcon\Http\Request\Exceptions\InvalidHttpMethod;
use Phalcon\Http\Request\Exceptions\MissingFilters;
use Phalcon\Http\Request\Exceptions\SanitizerNotFound;
use Phalcon\Http\Request\File;
use Phalcon\Http\Request\FileInterface;
use Phalcon\Support\Helper\Json\Decode;
use Phalcon\Traits\Php\FileTrait;
use stdClass;

/**
 * The request that is being served: what the superglobals and the body say, filtered where asked for.
 *
 * It reads the current message each time, so one object can serve many messages, one after another or by turns.
 * Nothing the peer sent is trusted: a value can be a string or, for names as "a[]", an array.
 */
class Request extends AbstractInjectionAware implements AttributeRequest, RequestMethodInterface
{
    use FileTrait;

    protected $attributes = null;
    protected $filterService = null;
    protected $methodOverride = false;
    protected $queryFilters = [];
    protected $postCache = null;
    protected $rawBody = '';
    protected $strictHostCheck = false;
    protected $trustedProxies = [];
    protected $trustedProxyHeader = '';

    /** When the request began that $attributes, $postCache and $rawBody are of; null: nothing was asked for yet. */
    private mixed $begun = null;

    /** A parameter of the query, the form or a cookie, as in $_REQUEST; all of them without a name. */
    public function get(
        ?string $name = null,
        $filters = null,
        $defaultValue = null,
        bool $notAllowEmpty = false,
        bool $noRecursive = false
    ) {
        return $this->getHelper(
            $_REQUEST,
            $name,
            $filters,
            $defaultValue,
            $notAllowEmpty,
            $noRecursive
        );
    }

    /** @return list<array{accept: string, quality: float, ...}> as the Accept header has them */
    public function getAcceptableContent(): array
    {
        return $this->getQualityHeader('HTTP_ACCEPT', 'accept');
    }

    /** What the application keeps with this request; empty at first. */
    public function getAttributes(): AttributeBag
    {
        $this->enter();

        return $this->attributes ??= new AttributeBag();
    }

    /** @return ?array{username: string, password: ?string} null: none was sent */
    public function getBasicAuth(): ?array
    {
        $server = $_SERVER;
        if (!isset($server['PHP_AUTH_USER'])) {
            return null;
        }

        return ['username' => $server['PHP_AUTH_USER'], 'password' => $server['PHP_AUTH_PW'] ?? null];
    }

    /** The content type that the peer likes best; '' without an Accept header. */
    public function getBestAccept(): string
    {
        return $this->getBestQuality($this->getAcceptableContent(), 'accept');
    }

    public function getBestCharset(): string
    {
        return $this->getBestQuality($this->getClientCharsets(), 'charset');
    }

    public function getBestLanguage(): string
    {
        return $this->getBestQuality($this->getLanguages(), 'language');
    }

    public function getClientAddress(bool $trustForwardedHeader = false): string|bool
    {
        $server = $_SERVER;
        $address = $server['REMOTE_ADDR'] ?? null;
        if (!is_string($address)) {
            return false;
        }
        if (!$trustForwardedHeader) {
            return $address;
        }
        // Who is no proxy of ours may have made up both headers.
        if ($this->trustedProxies !== [] && !$this->isProxyTrusted($address)) {
            return $address;
        }
        if ($this->trustedProxyHeader !== '' && isset($server[$this->trustedProxyHeader])) {
            return $server[$this->trustedProxyHeader];
        }
        $forwarded = $server['HTTP_X_FORWARDED_FOR'] ?? '';
        if (!is_string($forwarded)) {
            return $address;
        }
        // Each proxy appends whom it heard from: the last one that is none of ours is the nearest that can be believed.
        foreach (array_reverse(explode(',', $forwarded)) as $hop) {
            $hop = trim($hop);
            if ($hop === '' || $this->isProxyTrusted($hop)) {
                continue;
            }
            $public = $this->publicAddress($hop);
            if ($public) {
                return $public;
            }
        }

        return $address;
    }

    public function getClientCharsets(): array
    {
        return $this->getQualityHeader('HTTP_ACCEPT_CHARSET', 'charset');
    }

    public function getContentType(): ?string
    {
        return $this->getServer('CONTENT_TYPE');
    }

    /** @return array<string, string> the parts of a digest; empty when none was sent */
    public function getDigestAuth(): array
    {
        return Authorization::digest($this->getServer('PHP_AUTH_DIGEST') ?? '');
    }

    /** What the method answers, with the filters that setParameterFilters() has for the name and HTTP method. */
    public function getFilteredData(
        string $methodKey,
        string $method,
        ?string $name = null,
        $defaultValue = null,
        bool $notAllowEmpty = false,
        bool $noRecursive = false
    ) {
        return $this->{$method}(
            $name,
            $this->queryFilters[$methodKey][$name] ?? [],
            $defaultValue,
            $notAllowEmpty,
            $noRecursive
        );
    }

    public function getFilteredPatch(
        ?string $name = null,
        $defaultValue = null,
        bool $notAllowEmpty = false,
        bool $noRecursive = false
    ) {
        return $this->getFilteredData(
            self::METHOD_PATCH,
            'getPatch',
            $name,
            $defaultValue,
            $notAllowEmpty,
            $noRecursive
        );
    }

    public function getFilteredPost(
        ?string $name = null,
        $defaultValue = null,
        bool $notAllowEmpty = false,
        bool $noRecursive = false
    ) {
        return $this->getFilteredData(self::METHOD_POST, 'getPost', $name, $defaultValue, $notAllowEmpty, $noRecursive);
    }

    public function getFilteredPut(
        ?string $name = null,
        $defaultValue = null,
        bool $notAllowEmpty = false,
        bool $noRecursive = false
    ) {
        return $this->getFilteredData(self::METHOD_PUT, 'getPut', $name, $defaultValue, $notAllowEmpty, $noRecursive);
    }

    public function getFilteredQuery(
        ?string $name = null,
        $defaultValue = null,
        bool $notAllowEmpty = false,
        bool $noRecursive = false
    ) {
        return $this->getFilteredData(self::METHOD_GET, 'getQuery', $name, $defaultValue, $notAllowEmpty, $noRecursive);
    }

    /** A header's value, its name in any case; '' when it was not sent. */
    public function getHeader(string $header): string
    {
        $name = strtoupper(strtr($header, '-', '_'));
        $server = $_SERVER;

        return (string) ($server[$name] ?? $server['HTTP_' . $name] ?? '');
    }

    /** @return array<string, mixed> by names as "User-Agent", with those that stand for the authorization */
    public function getHeaders(): array
    {
        $headers = [];
        foreach ($_SERVER as $name => $value) {
            $name = (string) $name;
            if (str_starts_with($name, 'HTTP_')) {
                $name = substr($name, 5);
            } else {
                $name = strtoupper($name);
                if ($name !== 'CONTENT_TYPE' && $name !== 'CONTENT_LENGTH' && $name !== 'CONTENT_MD5') {
                    continue;
                }
            }
            $headers[ucwords(strtolower(strtr($name, '_', '-')), '-')] = $value;
        }

        return array_merge($headers, $this->resolveAuthorizationHeaders());
    }

    public function getHttpHost(): string
    {
        $host = $this->getServer('HTTP_HOST') ?: $this->getServer('SERVER_NAME') ?: $this->getServer('SERVER_ADDR');
        if (!$host || !$this->strictHostCheck) {
            return (string) $host;
        }
        $clean = strtolower(trim($host));
        if (str_contains($clean, ':')) {
            $clean = preg_replace('/:[[:digit:]]+$/', '', $clean);
        }
        if (preg_replace('/[a-z0-9-]+\.?/', '', $clean) !== '') {
            throw new InvalidHost($host);
        }

        return $clean;
    }

    public function getHttpMethodParameterOverride(): bool
    {
        return $this->methodOverride;
    }

    public function getHTTPReferer(): string
    {
        return $this->getServer('HTTP_REFERER') ?? '';
    }

    /** The body's JSON; an empty object when there is no body, false when it is neither object, array nor boolean. */
    public function getJsonRawBody(bool $associative = false): stdClass|array|bool
    {
        $body = $this->getRawBody();
        $data = (new Decode())($body === '' ? '{}' : $body, $associative);

        return is_array($data) || is_object($data) || is_bool($data) ? $data : false;
    }

    public function getLanguages(): array
    {
        return $this->getQualityHeader('HTTP_ACCEPT_LANGUAGE', 'language');
    }

    /** The method in upper case: of POST what X-HTTP-Method-Override or, where allowed, "_method" say. */
    public function getMethod(): string
    {
        $method = $_SERVER['REQUEST_METHOD'] ?? null;
        if (!is_string($method)) {
            return self::METHOD_GET;
        }
        $method = strtoupper($method);
        if ($method === self::METHOD_POST) {
            $override = $this->getHeader('X-HTTP-METHOD-OVERRIDE');
            if (!$override && $this->methodOverride) {
                $override = $_REQUEST['_method'] ?? '';
            }
            if (is_string($override) && $override !== '' && $override !== '0') {
                $method = strtoupper($override);
            }
        }

        return $this->isValidHttpMethod($method) ? $method : self::METHOD_GET;
    }

    public function getPatch(
        ?string $name = null,
        $filters = null,
        $defaultValue = null,
        bool $notAllowEmpty = false,
        bool $noRecursive = false
    ) {
        $this->enter();
        $this->postCache = $this->fields($this->postCache);

        return $this->getHelper($this->postCache, $name, $filters, $defaultValue, $notAllowEmpty, $noRecursive);
    }

    public function getPort(): int
    {
        $host = $this->getServer('HTTP_HOST');
        if (!$host) {
            return (int) $this->getServer('SERVER_PORT');
        }
        $colon = strrpos($host, ':');
        if ($colon !== false) {
            return (int) substr($host, $colon + 1);
        }

        return $this->getScheme() === 'https' ? 443 : 80;
    }

    /** A field of the form, or of the JSON body where there is no form. */
    public function getPost(
        ?string $name = null,
        $filters = null,
        $defaultValue = null,
        bool $notAllowEmpty = false,
        bool $noRecursive = false
    ) {
        $this->enter();
        $this->postCache = $this->fields($_POST);

        return $this->getHelper($this->postCache, $name, $filters, $defaultValue, $notAllowEmpty, $noRecursive);
    }

    public function getPreferredIsoLocaleVariant(): string
    {
        $language = explode('-', $this->getBestLanguage(), 2)[0];

        return $language === '*' ? '' : $language;
    }

    /** A field of the body: of its JSON, multipart form or URL-encoded form. */
    public function getPut(
        ?string $name = null,
        $filters = null,
        $defaultValue = null,
        bool $notAllowEmpty = false,
        bool $noRecursive = false
    ) {
        $this->enter();
        $this->postCache = $this->fields($this->postCache);

        return $this->getHelper($this->postCache, $name, $filters, $defaultValue, $notAllowEmpty, $noRecursive);
    }

    public function getQuery(
        ?string $name = null,
        $filters = null,
        $defaultValue = null,
        bool $notAllowEmpty = false,
        bool $noRecursive = false
    ) {
        return $this->getHelper(
            $_GET,
            $name,
            $filters,
            $defaultValue,
            $notAllowEmpty,
            $noRecursive
        );
    }

    public function getRawBody(): string
    {
        $this->enter();
        if ($this->rawBody === '') {
            $this->rawBody = (string) static::phpFileGetContents('php://input');
        }

        return $this->rawBody;
    }

    public function getScheme(): string
    {
        $https = $this->getServer('HTTPS');

        return $https && $https !== 'off' ? 'https' : 'http';
    }

    /** A value of $_SERVER; null where there is none, or an array. */
    public function getServer(string $name): ?string
    {
        $value = $_SERVER[$name] ?? null;

        return is_array($value) ? null : $value;
    }

    public function getServerAddress(): string
    {
        return $this->getServer('SERVER_ADDR') ?? gethostbyname('localhost');
    }

    public function getServerName(): string
    {
        return $this->getServer('SERVER_NAME') ?: 'localhost';
    }

    /** @return array<int|string, FileInterface> by their fields, as "a.0", with $namedKeys */
    public function getUploadedFiles(bool $onlySuccessful = false, bool $namedKeys = false): array
    {
        $files = [];
        foreach ($_FILES as $field => $input) {
            $list = is_array($input['name'])
                ? $this->smoothFiles(
                    $input['name'],
                    $input['type'],
                    $input['tmp_name'],
                    $input['size'],
                    $input['error'],
                    $field
                )
                : [$input + ['key' => $field]];
            foreach ($list as $file) {
                if ($onlySuccessful && $file['error'] != UPLOAD_ERR_OK) {
                    continue;
                }
                $key = $file['key'];
                if ($namedKeys) {
                    $files[$key] = new File($file, $key);
                } else {
                    $files[] = new File($file, $key);
                }
            }
        }

        return $files;
    }

    public function getURI(bool $onlyPath = false): string
    {
        $uri = $this->getServer('REQUEST_URI') ?? '';

        return $onlyPath ? explode('?', $uri, 2)[0] : $uri;
    }

    public function getUserAgent(): string
    {
        return $this->getServer('HTTP_USER_AGENT') ?? '';
    }

    public function has(string $name): bool
    {
        return array_key_exists($name, $_REQUEST);
    }

    public function hasFiles(): bool
    {
        return $this->numFiles(true) > 0;
    }

    final public function hasHeader(string $header): bool
    {
        $name = strtoupper(strtr($header, '-', '_'));

        return $this->hasServer($name) || $this->hasServer('HTTP_' . $name);
    }

    public function hasPatch(string $name): bool
    {
        return array_key_exists($name, $this->getPatch());
    }

    public function hasPost(string $name): bool
    {
        return array_key_exists($name, $this->getPost());
    }

    public function hasPut(string $name): bool
    {
        return array_key_exists($name, $this->getPut());
    }

    public function hasQuery(string $name): bool
    {
        return array_key_exists($name, $_GET);
    }

    final public function hasServer(string $name): bool
    {
        return array_key_exists($name, $_SERVER);
    }

    public function isAjax(): bool
    {
        return $this->getServer('HTTP_X_REQUESTED_WITH') === 'XMLHttpRequest';
    }

    public function isConnect(): bool
    {
        return $this->getMethod() === self::METHOD_CONNECT;
    }

    public function isDelete(): bool
    {
        return $this->getMethod() === self::METHOD_DELETE;
    }

    public function isGet(): bool
    {
        return $this->getMethod() === self::METHOD_GET;
    }

    public function isHead(): bool
    {
        return $this->getMethod() === self::METHOD_HEAD;
    }

    public function isJson(): bool
    {
        return stripos($this->getServer('CONTENT_TYPE') ?? '', 'json') !== false;
    }

    /** Whether the method is this one, or one of these; strictly: what is no method is refused. */
    public function isMethod($methods, bool $strict = false): bool
    {
        if (is_string($methods)) {
            if ($strict && !$this->isValidHttpMethod($methods)) {
                throw new InvalidHttpMethod($methods);
            }

            return $methods === $this->getMethod();
        }
        if (is_array($methods)) {
            foreach ($methods as $method) {
                if ($this->isMethod($method, $strict)) {
                    return true;
                }
            }

            return false;
        }
        if ($strict) {
            throw new InvalidHttpMethod('non-string');
        }

        return false;
    }

    public function isOptions(): bool
    {
        return $this->getMethod() === self::METHOD_OPTIONS;
    }

    public function isPatch(): bool
    {
        return $this->getMethod() === self::METHOD_PATCH;
    }

    public function isPost(): bool
    {
        return $this->getMethod() === self::METHOD_POST;
    }

    public function isPurge(): bool
    {
        return $this->getMethod() === self::METHOD_PURGE;
    }

    public function isPut(): bool
    {
        return $this->getMethod() === self::METHOD_PUT;
    }

    public function isSecure(): bool
    {
        return $this->getScheme() === 'https';
    }

    public function isSoap(): bool
    {
        return $this->hasServer('HTTP_SOAPACTION')
            || str_contains($this->getContentType() ?? '', 'application/soap+xml');
    }

    public function isStrictHostCheck(): bool
    {
        return $this->strictHostCheck;
    }

    public function isTrace(): bool
    {
        return $this->getMethod() === self::METHOD_TRACE;
    }

    public function isValidHttpMethod(string $method): bool
    {
        return match (strtoupper($method)) {
            self::METHOD_CONNECT,
            self::METHOD_DELETE,
            self::METHOD_GET,
            self::METHOD_HEAD,
            self::METHOD_OPTIONS,
            self::METHOD_PATCH,
            self::METHOD_POST,
            self::METHOD_PURGE,
            self::METHOD_PUT,
            self::METHOD_TRACE => true,
            default => false,
        };
    }

    public function numFiles(bool $onlySuccessful = false): int
    {
        $count = 0;
        foreach ($_FILES as $file) {
            $error = $file['error'] ?? null;
            if (is_array($error)) {
                $count += $this->hasFileHelper($error, $onlySuccessful);
            } elseif ($error !== null && (!$error || !$onlySuccessful)) {
                $count++;
            }
        }

        return $count;
    }

    public function setHttpMethodParameterOverride(bool $override): static
    {
        $this->methodOverride = $override;

        return $this;
    }

    /** Filters for getFilteredQuery() and its like, by default for GET, PATCH, POST and PUT. */
    public function setParameterFilters(string $name, array $filters = [], array $scope = []): static
    {
        if ($filters === []) {
            throw new MissingFilters($name);
        }
        $service = $this->filterService();
        foreach ($filters as $sanitizer) {
            if ($service->has($sanitizer) !== true) {
                throw new SanitizerNotFound($sanitizer);
            }
        }
        foreach ($scope ?: [self::METHOD_GET, self::METHOD_PATCH, self::METHOD_POST, self::METHOD_PUT] as $method) {
            $this->queryFilters[strtoupper($method)][$name] = $filters;
        }

        return $this;
    }

    /** Whether getHttpHost() refuses what is no host name. */
    public function setStrictHostCheck(bool $flag = true): static
    {
        $this->strictHostCheck = $flag;

        return $this;
    }

    /** Adds addresses and networks whose X-Forwarded-For getClientAddress() believes. */
    public function setTrustedProxies(array $trustedProxies): static
    {
        $service = $this->filterService();
        foreach ($trustedProxies as $proxy) {
            $address = $service->sanitize($proxy, 'ip');
            if ($address !== false) {
                $this->trustedProxies[] = $address;
            }
        }

        return $this;
    }

    /** The header that says whom the request is from; for servers that only a proxy can reach. */
    public function setTrustedProxyHeader(string $trustedProxyHeader): static
    {
        $header = strtoupper(strtr($trustedProxyHeader, '-', '_'));
        $this->trustedProxyHeader = str_starts_with($header, 'HTTP_') ? $header : 'HTTP_' . $header;

        return $this;
    }

    protected function getBestQuality(array $qualityParts, string $name): string
    {
        return Negotiation::best($qualityParts, $name);
    }

    /** @param string|array|null $filters none with null */
    protected function getHelper(
        array $source,
        ?string $name = null,
        $filters = null,
        $defaultValue = null,
        bool $notAllowEmpty = false,
        bool $noRecursive = false
    ) {
        if ($name === null) {
            return $source;
        }
        $value = $source[$name] ?? null;
        if ($value === null && !array_key_exists($name, $source)) {
            return $defaultValue;
        }
        if ($notAllowEmpty && empty($value) && !is_numeric($value)) {
            return $defaultValue;
        }
        if ($filters !== null) {
            $value = $this->filterService()->sanitize($value, $filters, $noRecursive);
            if ($value === false) {
                return $defaultValue;
            }
        }

        return $value;
    }

    protected function getQualityHeader(string $serverIndex, string $name): array
    {
        return Negotiation::parse($this->getServer($serverIndex) ?? '', $name);
    }

    protected function hasFileHelper($data, bool $onlySuccessful): int
    {
        if (!is_array($data)) {
            return 1;
        }
        $count = 0;
        foreach ($data as $error) {
            if (is_array($error)) {
                $count += $this->hasFileHelper($error, $onlySuccessful);
            } elseif (!$error || !$onlySuccessful) {
                $count++;
            }
        }

        return $count;
    }

    protected function isIpAddressInCIDR(string $ip, string $cidr): bool
    {
        return Addresses::inNetwork($ip, $cidr);
    }

    /** @return array<string, string> listeners of "request:...AuthorizationResolve" may add to them */
    protected function resolveAuthorizationHeaders(): array
    {
        $server = $_SERVER;
        $events = $this->container !== null && $this->container->has('eventsManager')
            ? $this->container->getShared('eventsManager')
            : null;
        $headers = [];
        if (is_object($events)) {
            $resolved = $events->fire('request:beforeAuthorizationResolve', $this, ['server' => $server]);
            $headers = is_array($resolved) ? $resolved : [];
        }
        $headers = Authorization::headers($server, $headers);
        if (is_object($events)) {
            $data = ['headers' => $headers, 'server' => $server];
            $resolved = $events->fire('request:afterAuthorizationResolve', $this, $data);
            $headers = is_array($resolved) ? array_merge($headers, $resolved) : $headers;
        }

        return $headers;
    }

    /** @return list<array> files of a field as "a[][b]", each with its "key" */
    protected function smoothFiles(
        array $names,
        array $types,
        array $tmp_names,
        array $sizes,
        array $errors,
        string $prefix
    ): array {
        $files = [];
        foreach ($names as $index => $name) {
            $key = $prefix . '.' . $index;
            if (is_string($name)) {
                $files[] = [
                    'name' => $name,
                    'type' => $types[$index],
                    'tmp_name' => $tmp_names[$index],
                    'size' => $sizes[$index],
                    'error' => $errors[$index],
                    'key' => $key,
                ];
            } elseif (is_array($name)) {
                $nested = $this->smoothFiles(
                    $name,
                    $types[$index],
                    $tmp_names[$index],
                    $sizes[$index],
                    $errors[$index],
                    $key
                );
                array_push($files, ...$nested);
            }
        }

        return $files;
    }

    /** The "filter" service, whatever class it is of. */
    private function filterService(): object
    {
        if (!is_object($this->filterService)) {
            if ($this->container === null) {
                throw new FilterServiceUnavailable();
            }
            $this->filterService = $this->container->getShared('filter');
        }

        return $this->filterService;
    }

    /** What was kept of another request than PHP's current one is forgotten. */
    private function enter(): void
    {
        $begun = $_SERVER['REQUEST_TIME_FLOAT'] ?? null;
        if ($this->begun !== $begun) {
            if ($this->begun !== null) {
                $this->rawBody = '';
                $this->postCache = null;
                $this->attributes = null;
            }
            $this->begun = $begun;
        }
    }

    /** The fields where there are some, else those of the body. */
    private function fields($fields): array
    {
        if (!empty($fields)) {
            return is_array($fields) ? $fields : [];
        }
        $type = $this->getContentType() ?? '';
        if ($this->isJson()) {
            $fields = $this->getJsonRawBody(true);

            return is_array($fields) ? $fields : [];
        }
        if (stripos($type, 'multipart/form-data') !== false) {
            return FormData::parse($type, $this->getRawBody());
        }
        parse_str($this->getRawBody(), $fields);

        return $fields;
    }

    private function isProxyTrusted(string $address): bool
    {
        return Addresses::isOneOf($address, $this->trustedProxies, $this->isIpAddressInCIDR(...));
    }

    /** The address; false when it is none, or none that the Internet routes. */
    private function publicAddress(string $address)
    {
        return $this->filterService()->sanitize(
            $address,
            ['ip' => ['filter' => FILTER_FLAG_NO_PRIV_RANGE | FILTER_FLAG_NO_RES_RANGE]]
        );
    }
}
