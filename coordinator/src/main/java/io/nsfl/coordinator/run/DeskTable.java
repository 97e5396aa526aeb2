package io.nsfl.coordinator.run;

import io.nsfl.coordinator.round.ArtifactFile;
import io.nsfl.coordinator.round.OpenWork;
import io.nsfl.coordinator.round.RosterEntry;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskRef;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One work that is open, and what was decided about its clients. Guarded by the lock of the {@link Desk} that it belongs to. */
final class DeskTable {
    private final OpenWork work;
    private final List<ArtifactFile> artifacts;
    private final String preparedParams;
    private final Map<String, Receipt> decided = new HashMap<>();
    private final Set<String> dismissed = new HashSet<>();

    /** @param preparedParams of the job's extender as JSON, or empty */
    DeskTable(OpenWork work, List<ArtifactFile> artifacts, String preparedParams) {
        this.work = work;
        this.artifacts = List.copyOf(artifacts);
        this.preparedParams = preparedParams;
    }

    OpenWork work() {
        return work;
    }

    boolean masks() {
        return work.masked().isPresent();
    }

    /** Whether the client was chosen for the work and not sent away since. */
    boolean needs(String client) {
        return work.roster().containsKey(client) && !dismissed(client);
    }

    TaskDescription describe(TaskSheet sheet, TaskRef task, Instant now) {
        RosterEntry client = work.roster().get(task.getClientId());
        return sheet.describe(task, work, client, artifacts, now).toBuilder()
                .setPreparedParamsJson(preparedParams)
                .build();
    }

    Optional<ArtifactFile> artifact(String name) {
        return artifacts.stream()
                .filter(artifact -> artifact.artifact().getName().equals(name))
                .findFirst();
    }

    void decide(String client, Receipt receipt) {
        decided.put(client, receipt);
    }

    Optional<Receipt> decided(String client) {
        return Optional.ofNullable(decided.get(client));
    }

    void dismiss(Collection<String> clients) {
        dismissed.addAll(clients);
    }

    boolean dismissed(String client) {
        return dismissed.contains(client);
    }
}
