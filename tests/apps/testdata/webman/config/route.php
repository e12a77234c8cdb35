<?php

use app\controller\TryController;
use app\middleware\Marked;
use support\Request;
use Webman\Route;

Route::get('/hello/{name}', fn (Request $request, string $name) => "hello $name");
Route::group('/api', function (): void {
    Route::get('/item/{id:\d+}', [TryController::class, 'item'])->name('item');
    Route::post('/item', [TryController::class, 'create']);
})->middleware([Marked::class]);
Route::any('/any', fn (Request $request) => $request->method());
Route::fallback(fn (Request $request) => json(['no' => $request->path()])->withStatus(404));
