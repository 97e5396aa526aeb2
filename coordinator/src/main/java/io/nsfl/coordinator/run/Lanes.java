package io.nsfl.coordinator.run;

import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.Timers;

/**
 * On what a run works, each of it one thing at a time and in order.
 *
 * @param decisions the run's mailbox: everything that decides
 * @param disk what reads and writes files and folds
 * @param calls what calls other services
 * @param background what nothing else of the run waits for
 */
public record Lanes(Mailbox decisions, Mailbox disk, Mailbox calls, Mailbox background, Timers timers) {}
