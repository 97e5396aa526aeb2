package io.nsfl.sessions.matching;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.Conditions;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.sessions.registry.Amount;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a client must have. Empty asks for nothing.
 *
 * @param runtime canonical name
 * @param datasets all of these
 * @param labels all of these
 * @param resources of all workers together
 * @param clients ids, names or host:port; not empty = only these
 * @param scripts that its script policy has to accept; absent = the job uses the clients' own
 */
public record Needs(
        String runtime,
        List<String> datasets,
        List<String> labels,
        Amount resources,
        Set<String> clients,
        Optional<ServerScripts> scripts) {

    /**
     * Scripts that come from the server.
     *
     * @param namespace of the job
     * @param sha256 of the archive, lower case hex; empty = not known
     */
    public record ServerScripts(String namespace, String sha256) {}

    /** @param namespace of the job @throws FaultException REQUEST_INVALID for resources that are no amounts */
    public static Needs of(Conditions conditions, String namespace) {
        Resources resources = conditions.getResources();
        if (!Double.isFinite(resources.getCpu())
                || resources.getCpu() < 0
                || resources.getGpu() < 0
                || resources.getMemoryMb() < 0
                || resources.getWorkerNum() < 0) {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    "The wanted resources have to be numbers of 0 or more, not " + resources + ".");
        }
        String runtime = conditions.getRuntime().strip();
        return new Needs(
                runtime.isEmpty()
                        ? ""
                        : Runtime.of(runtime).map(Runtime::canonicalName).orElse(runtime),
                names(conditions.getDatasetsList()),
                names(conditions.getLabelsList()),
                Amount.ofTask(resources),
                Set.copyOf(names(conditions.getClientsList())),
                conditions.getServerScripts()
                        ? Optional.of(new ServerScripts(namespace, conditions.getScriptsSha256()))
                        : Optional.empty());
    }

    private static List<String> names(List<String> given) {
        return given.stream()
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .distinct()
                .collect(Collectors.toList());
    }
}
