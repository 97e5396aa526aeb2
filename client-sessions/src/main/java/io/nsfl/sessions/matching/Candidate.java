package io.nsfl.sessions.matching;

import io.nsfl.sessions.registry.Amount;
import io.nsfl.sessions.registry.Client;

/**
 * A client with what it is doing now.
 *
 * @param tasks its places that are taken
 * @param taken its resources that are taken
 */
public record Candidate(Client client, int tasks, Amount taken) {}
