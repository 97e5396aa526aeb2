package io.nsfl.sessions.registry;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.Dataset;
import io.nsfl.protocol.v1.Register;
import io.nsfl.protocol.v1.ScriptPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads a Register into a profile. Nothing of it is trusted: numbers, lengths and counts are bounded, and all faults are named at once.
 */
public final class ProfileReader {
    private static final int LONGEST_TEXT = 128;
    private static final int LONGEST_ADDRESS = 261;
    private static final int MOST_RUNTIMES = 16;
    private static final int MOST_LABELS = 256;
    private static final int MOST_DATASETS = 256;
    private static final int MOST_NAMED_SCRIPTS = 1024;
    private static final int MOST_TASKS = 10_000;
    private static final int SHOWN = 40;

    private final Register register;
    private final List<Violation> violations = new ArrayList<>();

    private ProfileReader(Register register) {
        this.register = register;
    }

    /**
     * @param clientId derived from the register's key
     * @param observedHost where the stream comes from; fills in for a host 0.0.0.0
     * @throws FaultException REQUEST_INVALID with every fault
     */
    public static ClientProfile read(Register register, String clientId, String observedHost) {
        return new ProfileReader(register).read(clientId, observedHost);
    }

    private ClientProfile read(String clientId, String observedHost) {
        ClientProfile profile = new ClientProfile(
                clientId,
                text("$.name", register.getName(), LONGEST_TEXT),
                address(text("$.address", register.getAddress(), LONGEST_ADDRESS), observedHost),
                platform(),
                text("$.os", register.getOs(), LONGEST_TEXT),
                runtimes(),
                labels(),
                datasets(),
                capacity(),
                register.getMaxTaskParallelism(),
                register.getRegistration(),
                text("$.version", register.getVersion(), LONGEST_TEXT),
                scripts());
        text("$.session_id", register.getSessionId(), LONGEST_TEXT);
        if (register.getMaxTaskParallelism() < -1) {
            fault("$.max_task_parallelism", register.getMaxTaskParallelism(), "is -1 (no limit) or more");
        }
        bounded("$.tasks", register.getTasksCount(), MOST_TASKS);
        if (!violations.isEmpty()) {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    "The registration of client " + clientId + " is faulty: "
                            + violations.stream().map(Violation::toString).collect(Collectors.joining("; ")) + ".");
        }
        return profile;
    }

    private String platform() {
        String platform = register.getPlatform();
        if (!platform.equals("linux") && !platform.equals(ClientProfile.CLUSTER)) {
            fault("$.platform", platform, "is linux or k8s");
        }
        return platform;
    }

    private List<String> runtimes() {
        bounded("$.runtimes", register.getRuntimesCount(), MOST_RUNTIMES);
        Set<String> runtimes = new LinkedHashSet<>();
        for (String spelling :
                register.getRuntimesList().subList(0, Math.min(register.getRuntimesCount(), MOST_RUNTIMES))) {
            String name = text("$.runtimes", spelling, LONGEST_TEXT);
            runtimes.add(Runtime.of(name).map(Runtime::canonicalName).orElse(name));
        }
        return List.copyOf(runtimes);
    }

    private ScriptAcceptance scripts() {
        if (!register.hasScriptPolicy()) {
            return ScriptAcceptance.ALL;
        }
        ScriptPolicy policy = register.getScriptPolicy();
        bounded("$.script_policy.namespaces", policy.getNamespacesCount(), MOST_NAMED_SCRIPTS);
        bounded("$.script_policy.scripts_sha256", policy.getScriptsSha256Count(), MOST_NAMED_SCRIPTS);
        policy.getNamespacesList().forEach(name -> text("$.script_policy.namespaces", name, LONGEST_TEXT));
        policy.getScriptsSha256List().forEach(digest -> text("$.script_policy.scripts_sha256", digest, LONGEST_TEXT));
        return ScriptAcceptance.of(policy);
    }

    private Set<String> labels() {
        bounded("$.labels", register.getLabelsCount(), MOST_LABELS);
        Set<String> labels = new LinkedHashSet<>();
        for (String label : register.getLabelsList().subList(0, Math.min(register.getLabelsCount(), MOST_LABELS))) {
            labels.add(text("$.labels", label.strip(), LONGEST_TEXT));
        }
        return labels;
    }

    private Map<String, Long> datasets() {
        bounded("$.datasets", register.getDatasetsCount(), MOST_DATASETS);
        Map<String, Long> datasets = new LinkedHashMap<>();
        for (Dataset dataset :
                register.getDatasetsList().subList(0, Math.min(register.getDatasetsCount(), MOST_DATASETS))) {
            if (dataset.getSamples() < 0) {
                fault("$.datasets", dataset.getSamples(), "have 0 (not known) or more samples");
            }
            datasets.put(text("$.datasets", dataset.getName().strip(), LONGEST_TEXT), dataset.getSamples());
        }
        return datasets;
    }

    private Amount capacity() {
        Amount capacity = Amount.ofClient(register.getCapacity());
        if (!Double.isFinite(capacity.cpu()) || capacity.cpu() < 0 || capacity.gpu() < 0 || capacity.memoryMb() < 0) {
            fault("$.capacity", capacity, "is a finite number, 0 or more, of each resource");
        }
        return capacity;
    }

    private String text(String path, String given, int longest) {
        if (given.length() > longest) {
            fault(path, given, "is at most " + longest + " characters long");
        }
        if (given.chars().anyMatch(Character::isISOControl)) {
            fault(path, given.replaceAll("\\p{Cntrl}", "?"), "has no control characters");
        }
        return given;
    }

    private void bounded(String path, int count, int most) {
        if (count > most) {
            fault(path, count, "are at most " + most);
        }
    }

    private void fault(String path, Object given, String message) {
        String shown = String.valueOf(given);
        violations.add(new Violation(path, shown.length() > SHOWN ? shown.substring(0, SHOWN) + "…" : shown, message));
    }

    /** The address of record: host 0.0.0.0 (or none) says "the host you see me at". */
    private static String address(String given, String observedHost) {
        int colon = given.lastIndexOf(':');
        if (colon < 0) {
            return given;
        }
        String host = given.substring(0, colon);
        if (!host.isEmpty() && !host.equals("0.0.0.0") && !host.equals("[::]")) {
            return given;
        }
        return (observedHost.contains(":") ? "[" + observedHost + "]" : observedHost) + given.substring(colon);
    }
}
