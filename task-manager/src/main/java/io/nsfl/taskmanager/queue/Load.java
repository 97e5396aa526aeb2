package io.nsfl.taskmanager.queue;

import io.nsfl.protocol.v1.Resources;

/** How busy the client is. @param refusal why it takes no task now; empty = it does */
public record Load(Resources free, int runningTasks, String refusal) {}
