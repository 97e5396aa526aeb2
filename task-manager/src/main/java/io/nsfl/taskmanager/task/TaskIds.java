package io.nsfl.taskmanager.task;

import io.nsfl.taskmanager.ids.TaskKey;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.function.Predicate;

/** Makes the ids of tasks, under which people find their workspaces: {@code train-<job>-<port>-<round>-<YYYYmmddHHMMSS>}. */
public final class TaskIds {
    private static final DateTimeFormatter SECOND = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");

    private final int port;
    private final ZoneId zone;

    /** @param port the client's port of record @param zone in which people read the time */
    public TaskIds(int port, ZoneId zone) {
        this.port = port;
        this.zone = zone;
    }

    /** A new id; of several in one second the later ones get a number. */
    String next(TaskKey key, Instant now, Predicate<String> taken) {
        String id =
                key.mode() + "-" + key.job() + "-" + port + "-" + key.round() + "-" + SECOND.format(now.atZone(zone));
        String free = id;
        for (int number = 2; taken.test(free); number++) {
            free = id + "-" + number;
        }
        return free;
    }
}
