<?php

namespace app\middleware;

use Webman\Http\Request;
use Webman\Http\Response;
use Webman\MiddlewareInterface;

/** On a group of routes. */
class Marked implements MiddlewareInterface
{
    public function process(Request $request, callable $handler): Response
    {
        if ($request->header('x-key') !== 'secret') {
            return response('no key', 401);
        }
        $request->setGet('added', 'by middleware');
        $request->setHeader('x-key', 'hidden');

        return $handler($request)->withHeader('X-Marked', 'yes');
    }
}
