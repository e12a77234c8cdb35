<?php

$worker = new Worker('websocket://127.0.0.1:8080');
