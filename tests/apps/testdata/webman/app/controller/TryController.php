<?php

namespace app\controller;

use support\Context;
use support\Request;

class TryController
{
    public function item(Request $request, int $id)
    {
        return json(['id' => $id, 'added' => $request->get('added'), 'key' => $request->header('x-key'), 'url' => route('item', ['id' => 7])]);
    }

    public function create(Request $request)
    {
        return json(['all' => $request->all(), 'only' => $request->only(['a'])])->withStatus(201);
    }

    public function request(Request $request)
    {
        return json([
            'method' => $request->method(), 'uri' => $request->uri(), 'path' => $request->path(), 'query' => $request->queryString(),
            'host' => $request->host(true), 'url' => $request->fullUrl(), 'version' => $request->protocolVersion(),
            'ip' => $request->getRealIp(), 'remote' => $request->getRemoteIp(), 'port' => $request->getLocalPort(),
            'get' => $request->get(), 'post' => $request->post(), 'cookie' => $request->cookie(), 'raw' => $request->rawBody(),
            'ajax' => $request->isAjax(), 'json' => $request->expectsJson(), 'same' => request() === $request,
            'connection' => get_class($request->connection), 'sapi' => PHP_SAPI, 'folder' => getcwd() === base_path(),
        ]);
    }

    public function login(Request $request)
    {
        $session = $request->session();
        $session->set('user', $request->get('user'));
        session(['visits' => (int)session('visits') + 1]);

        return json(['id' => strlen($session->getId()), 'all' => $session->all()]);
    }

    public function logout(Request $request)
    {
        $was = $request->session()->pull('user');
        $request->session()->flush();

        return json(['was' => $was, 'all' => $request->session()->all()]);
    }

    public function page(Request $request)
    {
        return view('try/page', ['items' => ['<a>', 'b']]);
    }

    public function cookie()
    {
        return response('set')->cookie('one', 'a b', 60, '/', '', false, true)->cookie('two', '2')->header('X-Test', 'a');
    }

    public function moved()
    {
        return redirect('/hello/there', 301);
    }

    public function file()
    {
        return response()->file(public_path() . '/notes.txt');
    }

    public function download()
    {
        return response()->download(public_path() . '/notes.txt', 'my notes.txt');
    }

    public function upload(Request $request)
    {
        $file = $request->file('paper');
        $to = runtime_path() . '/upload.' . $file->getUploadExtension();
        $known = [
            'name' => $file->getUploadName(), 'type' => $file->getUploadMimeType(), 'valid' => $file->isValid(),
            'size' => $file->getSize(), 'post' => $request->post(),
        ];
        $file->move($to);

        return json($known + ['moved' => file_get_contents($to)]);
    }

    public function fail()
    {
        throw new \RuntimeException('it failed');
    }

    public function warn()
    {
        return $undefined;
    }

    public function context()
    {
        Context::set('seen', (Context::get('seen') ?? 0) + 1);

        return (string)Context::get('seen');
    }

    public function leave()
    {
        exit(3);
    }

    public function nothing()
    {
        return response('', 204);
    }
}
