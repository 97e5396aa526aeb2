package io.nsfl.sandbox;

import java.util.concurrent.CompletableFuture;

/**
 * A started script.
 *
 * @param pid leader of the script's session
 * @param end completes once, after its output is in the log
 */
public record RunningScript(long pid, CompletableFuture<ProcessEnd> end) {}
