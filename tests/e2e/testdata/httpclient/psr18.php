<?php

// Phalanx\Http\Psr18Client with the implementation of messages whose autoload.php MESSAGES names.

use Phalanx\Http\Client;
use Phalanx\Http\Psr18Client;
use Psr\Http\Client\ClientInterface;
use Psr\Http\Client\NetworkExceptionInterface;
use Psr\Http\Client\RequestExceptionInterface;

error_reporting(E_ALL & ~E_DEPRECATED); // of packages that are older than this PHP
foreach (explode(':', getenv('MESSAGES')) as $file) {
    set_include_path(preg_replace('~(?<=/usr/share/php)/.*~', '', $file)); // they name each other by that
    require $file;
}
$server = getenv('SERVER');
$factory = class_exists('Nyholm\Psr7\Factory\Psr17Factory') ? new Nyholm\Psr7\Factory\Psr17Factory()
    : new GuzzleHttp\Psr7\HttpFactory();
$client = new Psr18Client();
echo $client instanceof ClientInterface ? 'a client' : 'no client', "\n";
$response = $client->sendRequest($factory->createRequest('PUT', "$server/echo?a=b")
    ->withHeader('X-List', ['1', '2'])->withBody($factory->createStream('text')));
$echo = json_decode((string)$response->getBody(), true);
echo get_class($response), ' ', $response->getStatusCode(), ' ', $response->getHeaderLine('content-type'), ' ', $echo['method'], ' ',
    $echo['uri'], ' ', $echo['body'], ' ', $echo['length'], ' ', implode(',', $echo['header']['X-List']), "\n";
$large = $factory->createRequest('POST', "$server/count")->withBody($factory->createStream(str_repeat('x', 3000000)));
echo $client->sendRequest($large)->getBody(), "\n";
echo $client->sendRequest($factory->createRequest('GET', "$server/redirect/1"))->getStatusCode(), ' ',
    $client->sendRequest($factory->createRequest('GET', "$server/status/500"))->getStatusCode(), "\n";
foreach ([
    [new Psr18Client(), 'http://127.0.0.1:1/'],
    [new Psr18Client(new Client(maxBytes: 10)), "$server/bytes/100"],
    [new Psr18Client(), 'ftp://example.com/'],
] as [$client, $url]) {
    try {
        $client->sendRequest($factory->createRequest('GET', $url));
    } catch (NetworkExceptionInterface | RequestExceptionInterface $e) {
        echo $e instanceof NetworkExceptionInterface ? 'network' : 'request', ' ', get_class($e->getPrevious()), ' ',
            $e->getRequest()->getUri() == $url ? 'of this request' : '', "\n";
    }
}
