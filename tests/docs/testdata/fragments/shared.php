<?php

$resolveOnly = ['$simple = '];
