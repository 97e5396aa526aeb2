package io.nsfl.taskmanager;

import io.nsfl.servicekit.time.Mailbox;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every part of the client takes from the machine it runs on.
 *
 * @param environment only what child processes may inherit
 * @param threads of the client's own steps
 */
record Machine(SecureRandom random, InstantSource clock, Map<String, String> environment, ThreadFactory threads) {
    private static final Logger LOG = LoggerFactory.getLogger(Machine.class);

    /** A mailbox whose failed steps are logged. */
    Mailbox mailbox(String name, Executor on) {
        return new Mailbox(name, on, failure -> LOG.error("A step failed", failure));
    }
}
