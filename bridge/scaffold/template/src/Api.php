<?php

declare(strict_types=1);

namespace App;

use Phalcon\Di\Injectable;
use Phalcon\Http\ResponseInterface;
use Phalcon\Mvc\Micro;
use Phalcon\Support\Helper\Json\Exceptions\JsonDecodeError;

/**
 * The routes under /api. What the container has are properties here.
 *
 * @property Notes $notes
 */
final class Api extends Injectable
{
    public function __construct(private readonly Micro $app)
    {
    }

    public function mount(): void
    {
        $this->setDI($this->app->getDI());
        $this->app->get('/', [$this, 'page']);
        $this->app->get('/api/settings', [$this, 'settings']);
        $this->app->get('/api/notes', [$this, 'list']);
        $this->app->post('/api/notes', [$this, 'create']);
        $this->app->get('/api/notes/{id:[0-9]{1,18}}', [$this, 'show']);
        $this->app->put('/api/notes/{id:[0-9]{1,18}}', [$this, 'change']);
        $this->app->delete('/api/notes/{id:[0-9]{1,18}}', [$this, 'remove']);
        $this->app->notFound(fn (): ResponseInterface => $this->problem(404, 'There is nothing here'));
    }

    public function page(): ResponseInterface
    {
        $page = (string) file_get_contents(dirname(__DIR__) . '/public/index.html');

        return $this->response->setContentType('text/html', 'UTF-8')->setContent($page);
    }

    public function settings(): ResponseInterface
    {
        return $this->response->setJsonContent(['roomPort' => (int) (getenv('ROOM_PORT') ?: 8081)]);
    }

    public function list(): ResponseInterface
    {
        return $this->response->setJsonContent($this->notes->all());
    }

    public function show(string $id): ResponseInterface
    {
        $note = $this->notes->find((int) $id);

        return $note === null ? $this->problem(404, 'No such note') : $this->response->setJsonContent($note);
    }

    public function create(): ResponseInterface
    {
        $input = NewNote::from($this->body());
        if ($input->errors !== []) {
            return $this->problem(422, 'This is no note', $input->errors);
        }
        $note = $this->notes->add($input->title, $input->text);
        Room::announce('note', $note);
        $this->response->setHeader('Location', "/api/notes/$note[id]");

        return $this->response->setStatusCode(201)->setJsonContent($note);
    }

    public function change(string $id): ResponseInterface
    {
        $input = NewNote::from($this->body());
        if ($input->errors !== []) {
            return $this->problem(422, 'This is no note', $input->errors);
        }
        $note = $this->notes->change((int) $id, $input->title, $input->text);
        if ($note === null) {
            return $this->problem(404, 'No such note');
        }
        Room::announce('note', $note);

        return $this->response->setJsonContent($note);
    }

    public function remove(string $id): ResponseInterface
    {
        if (!$this->notes->remove((int) $id)) {
            return $this->problem(404, 'No such note');
        }
        Room::announce('removed', ['id' => (int) $id]);

        return $this->response->setStatusCode(204)->setContent('');
    }

    /**
     * What was sent as a JSON object; what is none has no fields.
     *
     * @return array<array-key, mixed>
     */
    private function body(): array
    {
        try {
            return (array) $this->request->getJsonRawBody(true);
        } catch (JsonDecodeError) {
            return [];
        }
    }

    /**
     * An error as of RFC 9457.
     *
     * @param array<string, string> $errors by field
     */
    private function problem(int $status, string $title, array $errors = []): ResponseInterface
    {
        $problem = ['status' => $status, 'title' => $title] + ($errors === [] ? [] : ['errors' => $errors]);
        $this->response->setStatusCode($status)->setContentType('application/problem+json');

        return $this->response->setContent(json_encode($problem, JSON_THROW_ON_ERROR));
    }
}
