<?php

declare(strict_types=1);

namespace Tasks;

use Phalcon\Di\Injectable;
use Phalcon\Http\ResponseInterface;
use Phalcon\Mvc\Micro;
use Phalcon\Support\Helper\Json\Exceptions\JsonDecodeError;

/**
 * The routes. What the container has are properties here.
 *
 * @property Access $access
 * @property Tasks $tasks
 * @property Tokens $tokens
 */
final class Api extends Injectable
{
    /** Password hashes as of Phalcon\Encryption\Security::hash(); both passwords are "secret". */
    private const USERS = [
        'alice' => ['role' => 'editor', 'password' => '$2y$10$rsM6neY3LepyDgeRrxPn5eij0mji8Eejke7P/Igc7HY48NHMsR1r2'],
        'bob' => ['role' => 'reader', 'password' => '$2y$10$OxvdDqa/0GHziy3UCeurL.0vA1faAh.Csj24rKTRyuz01/wbKIu1W'],
    ];

    public function __construct(private readonly Micro $app)
    {
    }

    public function mount(): void
    {
        $app = $this->app;
        $this->setDI($app->getDI());
        $app->before([$this, 'authorize']);
        $app->post('/login', [$this, 'login']);
        $app->get('/tasks', [$this, 'list']);
        $app->post('/tasks', [$this, 'create']);
        $app->get('/tasks/{id:[0-9]+}', [$this, 'show']);
        $app->delete('/tasks/{id:[0-9]+}', [$this, 'remove']);
        $app->get('/visits', [$this, 'visits']);
        $app->notFound([$this, 'nothing']);
    }

    /** Before each route: who is it, and may they? */
    public function authorize(): bool
    {
        $route = $this->router->getMatchedRoute();
        if ($route === null || in_array($route->getPattern(), ['/login', '/visits'], true)) {
            return true;
        }
        $header = (string) $this->request->getHeader('Authorization');
        $who = str_starts_with($header, 'Bearer ') ? $this->tokens->read(substr($header, 7)) : null;
        if ($who === null) {
            $this->response->setHeader('WWW-Authenticate', 'Bearer');

            return $this->refuse(401, 'Log in, and send the token');
        }
        if (!$this->access->allows($who['role'], $this->request->isGet() ? 'read' : 'write')) {
            $this->logger->warning('%user% may not write', ['user' => $who['user']]);

            return $this->refuse(403, 'You may not do this');
        }
        $this->request->getAttributes()->set('user', $who['user']);

        return true;
    }

    public function login(): ResponseInterface
    {
        $given = $this->body();
        $user = is_string($given['user'] ?? null) ? $given['user'] : '';
        $password = is_string($given['password'] ?? null) ? $given['password'] : '';
        $known = self::USERS[$user] ?? null;
        // Somebody unknown costs the same time, so that nobody learns who is known.
        $right = $this->security->checkHash($password, ($known ?? self::USERS['bob'])['password']);
        if ($known === null || !$right) {
            $this->logger->warning('login failed');

            return $this->problem(401, 'Wrong name or password');
        }
        $this->logger->info('login of %user%', ['user' => $user]);

        return $this->response->setJsonContent(['token' => $this->tokens->issue($user, $known['role'])]);
    }

    public function list(): ResponseInterface
    {
        $tasks = $this->cache->get('all');
        if ($tasks === null) {
            $tasks = $this->tasks->all();
            $this->cache->set('all', $tasks);
        }

        return $this->response->setJsonContent($tasks);
    }

    public function create(): ResponseInterface
    {
        $validation = new NewTask();
        $validation->validate($this->body());
        if ($validation->fails()) {
            $errors = [];
            foreach ($validation->getMessages() as $message) {
                $errors[$message->getField()] = $message->getMessage();
            }

            return $this->problem(422, 'This is no task', $errors);
        }
        $due = $validation->getValue('due') ?: null;
        $id = $this->tasks->add($validation->getValue('title'), $due, $this->request->getAttributes()->get('user'));
        $this->cache->delete('all');
        $this->logger->info('task %id% added', ['id' => $id]);
        $this->response->setHeader('Location', "/tasks/$id");

        return $this->response->setStatusCode(201)->setJsonContent($this->tasks->find($id));
    }

    public function show(string $id): ResponseInterface
    {
        $task = $this->tasks->find((int) $id);

        return $task === null ? $this->problem(404, 'No such task') : $this->response->setJsonContent($task);
    }

    public function remove(string $id): ResponseInterface
    {
        if (!$this->tasks->remove((int) $id)) {
            return $this->problem(404, 'No such task');
        }
        $this->cache->delete('all');

        return $this->response->setStatusCode(204);
    }

    /** Each visitor's own count, in a session that all workers see. */
    public function visits(): ResponseInterface
    {
        $visits = $this->session->get('visits', 0) + 1;
        $this->session->set('visits', $visits);

        return $this->response->setJsonContent(['visits' => $visits]);
    }

    public function nothing(): ResponseInterface
    {
        return $this->problem(404, 'There is nothing here');
    }

    /** The JSON object that was sent; what is none has no fields. */
    private function body(): array
    {
        try {
            return (array) $this->request->getJsonRawBody(true);
        } catch (JsonDecodeError) {
            return [];
        }
    }

    /** Answers, and keeps the route's handler from being called. */
    private function refuse(int $status, string $title): bool
    {
        $this->problem($status, $title)->send();
        $this->app->stop();

        return false;
    }

    /** @param array<string, string> $errors by field */
    private function problem(int $status, string $title, array $errors = []): ResponseInterface
    {
        $problem = ['status' => $status, 'title' => $title] + ($errors === [] ? [] : ['errors' => $errors]);
        $this->response->setStatusCode($status)->setContentType('application/problem+json');

        return $this->response->setContent(json_encode($problem, JSON_THROW_ON_ERROR));
    }
}
