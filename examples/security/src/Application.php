<?php

declare(strict_types=1);

namespace Shop;

use Phalcon\Html\Escaper;
use Throwable;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;

final class Application
{
    private readonly Escaper $escaper;

    public function __construct(
        private readonly Accounts $accounts,
        private readonly Notes $notes,
        private readonly Tokens $tokens,
        private readonly string $uploads,
    ) {
        $this->escaper = new Escaper();
        is_dir($uploads) || mkdir($uploads, 0o700, true);
    }

    public function answer(TcpConnection $connection, Request $request): void
    {
        try {
            $response = $this->route($connection, $request);
        } catch (Refusal $refusal) {
            $response = new Response($refusal->status, $refusal->headers, $refusal->getMessage() . "\n");
        } catch (Throwable $error) {
            // Details are for the log. A visitor gets none of them.
            error_log((string) $error);
            $response = new Response(500, [], "Something went wrong\n");
        }
        $connection->send($response->withHeaders([
            'Content-Security-Policy' =>
                "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
            'X-Content-Type-Options' => 'nosniff',
            'Referrer-Policy' => 'same-origin',
            'Cache-Control' => 'no-store',
        ]));
    }

    private function route(TcpConnection $connection, Request $request): Response
    {
        return match ($request->method() . ' ' . $request->path()) {
            'GET /' => $this->page($request),
            'POST /login' => $this->login($connection, $request),
            'POST /logout' => $this->logout($request),
            'POST /notes' => $this->add($request),
            'POST /notes/delete' => $this->delete($request),
            'POST /avatar' => $this->avatar($request),
            'GET /admin' => $this->admin($request),
            'POST /token' => $this->token($request),
            'GET /api/me' => $this->me($request),
            default => throw new Refusal(404, 'Not found'),
        };
    }

    /** @return array{name: string, role: string} @throws Refusal 401 */
    private function account(Request $request): array
    {
        return $request->session()->get('account') ?? throw new Refusal(401, 'Please log in');
    }

    /** What changes something wants the session's token: another site can send a form, but not read the token. */
    private function checked(Request $request): void
    {
        $expected = $request->session()->get('csrf');
        $given = $request->post('csrf');
        if (!is_string($expected) || !is_string($given) || !hash_equals($expected, $given)) {
            throw new Refusal(403, 'The form is too old: load the page again');
        }
    }

    private function csrf(Request $request): string
    {
        $session = $request->session();
        if (!is_string($session->get('csrf'))) {
            $session->set('csrf', bin2hex(random_bytes(32)));
        }

        return $session->get('csrf');
    }

    private function page(Request $request): Response
    {
        $account = $request->session()->get('account');
        $words = $request->get('q', '');
        $html = '<input name="csrf" value="' . $this->escaper->attributes($this->csrf($request)) . '">';
        if ($account !== null && is_string($words)) {
            $html .= '<h1>' . $this->escaper->html($account['name']) . '</h1>';
            $html .= '<p>' . $this->escaper->html($words) . '</p>';
            foreach ($this->notes->search($account['name'], $words) as $note) {
                $html .= '<li id="n' . $note['id'] . '">' . $this->escaper->html($note['text']) . '</li>';
            }
        }

        return new Response(200, ['Content-Type' => 'text/html; charset=utf-8'], "<!doctype html>$html\n");
    }

    private function login(TcpConnection $connection, Request $request): Response
    {
        $this->checked($request);
        [$name, $password] = [$request->post('name'), $request->post('password')];
        if (!is_string($name) || !is_string($password)) {
            throw new Refusal(422, 'A name and a password are wanted');
        }
        $account = $this->accounts->login($connection->getRemoteIp(), $name, $password)
            ?? throw new Refusal(403, 'Wrong name or password');
        // A new id: one that was planted in the visitor's browser before must not become a session of this account.
        $request->sessionRegenerateId(true);
        $request->session()->put(['account' => $account, 'csrf' => bin2hex(random_bytes(32))]);

        return new Response(303, ['Location' => '/']);
    }

    private function logout(Request $request): Response
    {
        $this->checked($request);
        $request->session()->flush();
        $request->sessionRegenerateId(true);

        return new Response(303, ['Location' => '/']);
    }

    private function add(Request $request): Response
    {
        $account = $this->account($request);
        $this->checked($request);

        return new Response(201, [], $this->notes->add($account['name'], $request->post('text')) . "\n");
    }

    private function delete(Request $request): Response
    {
        $account = $this->account($request);
        $this->checked($request);
        $id = filter_var($request->post('id'), FILTER_VALIDATE_INT, ['options' => ['min_range' => 1]]);
        $this->notes->delete($account['name'], $account['role'], $id ?: throw new Refusal(422, 'A number is wanted'));

        return new Response(204);
    }

    private function admin(Request $request): Response
    {
        if ($this->account($request)['role'] !== 'administrator') {
            throw new Refusal(403, 'For administrators');
        }

        return new Response(200, [], "Welcome\n");
    }

    private function avatar(Request $request): Response
    {
        $this->account($request);
        $this->checked($request);
        $file = $request->file('avatar');
        if (!is_array($file) || !is_string($file['tmp_name'] ?? null) || $file['error'] !== UPLOAD_ERR_OK) {
            throw new Refusal(422, 'A file is wanted');
        }
        if ($file['size'] > 100_000) {
            throw new Refusal(413, 'At most 100 kB');
        }
        // Neither the client's name of the file nor its word on the type counts.
        $image = @getimagesize($file['tmp_name']);
        $ending = [IMAGETYPE_PNG => 'png', IMAGETYPE_JPEG => 'jpg'][$image[2] ?? 0]
            ?? throw new Refusal(415, 'A PNG or JPEG is wanted');
        $name = bin2hex(random_bytes(16)) . ".$ending";
        rename($file['tmp_name'], "$this->uploads/$name");

        return new Response(201, [], "$name\n");
    }

    private function token(Request $request): Response
    {
        $account = $this->account($request);
        $this->checked($request);

        return new Response(200, [], $this->tokens->issue($account['name'], $account['role']));
    }

    private function me(Request $request): Response
    {
        $account = preg_match('/^Bearer ([\w.-]+)$/D', (string) $request->header('authorization', ''), $match) === 1
            ? $this->tokens->read($match[1])
            : null;
        if ($account === null) {
            throw new Refusal(401, 'A token is wanted', ['WWW-Authenticate' => 'Bearer']);
        }

        return new Response(200, ['Content-Type' => 'application/json'], json_encode($account, JSON_THROW_ON_ERROR));
    }
}
