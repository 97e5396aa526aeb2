package io.nsfl.sessions.matching;

import io.nsfl.protocol.v1.Report;
import io.nsfl.sessions.registry.Amount;
import io.nsfl.sessions.registry.Client;
import io.nsfl.sessions.registry.ClientProfile;
import io.nsfl.sessions.registry.ClientState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which conditions exclude a client, each in words that follow the client's name: "lacks the dataset mnist".
 *
 * @param direct whether clients with {@code registration: false} are chosen like the others
 */
public record Matching(Needs needs, boolean direct) {

    /** Everything that excludes the client; nothing means that it fits. */
    public List<String> exclusions(Candidate candidate) {
        List<String> reasons = new ArrayList<>(lasting(candidate.client()));
        absence(candidate.client()).ifPresent(reasons::add);
        reasons.addAll(occupation(candidate));
        return reasons;
    }

    /** Whether the client would fit if only it were connected. */
    public boolean fitsButForPresence(Candidate candidate) {
        return lasting(candidate.client()).isEmpty() && occupation(candidate).isEmpty();
    }

    /** What does not pass by itself. */
    private List<String> lasting(Client client) {
        ClientProfile profile = client.profile();
        List<String> reasons = new ArrayList<>();
        boolean named = profile.namedBy(needs.clients());
        if (!needs.clients().isEmpty() && !named) {
            reasons.add("is not one of the clients that are named");
        }
        if (!profile.registration() && !named && !direct) {
            reasons.add("is chosen by name only (registration is false)");
        }
        if (!needs.runtime().isEmpty() && !profile.runtimes().contains(needs.runtime())) {
            reasons.add("does not run " + needs.runtime()
                    + (profile.runtimes().isEmpty() ? "" : " but " + String.join(", ", profile.runtimes())));
        }
        needs.datasets().stream()
                .filter(dataset -> !profile.datasets().containsKey(dataset))
                .forEach(dataset -> reasons.add("lacks the dataset " + dataset));
        needs.labels().stream()
                .filter(label -> !profile.labels().contains(label))
                .forEach(label -> reasons.add("lacks the label " + label));
        needs.scripts()
                .flatMap(scripts -> profile.scripts().refuses(scripts.namespace(), scripts.sha256()))
                .ifPresent(reasons::add);
        return reasons;
    }

    private Optional<String> absence(Client client) {
        return switch (client.state()) {
            case CONNECTED -> Optional.empty();
            case SILENT -> Optional.of("has not been connected since " + lastSeen(client));
            case QUIT -> Optional.of("has quit");
        };
    }

    private List<String> occupation(Candidate candidate) {
        Client client = candidate.client();
        List<String> reasons = new ArrayList<>();
        if (client.state() == ClientState.CONNECTED) {
            client.report()
                    .filter(report -> !report.getAcceptsTasks())
                    .map(Report::getReason)
                    .ifPresent(why -> reasons.add("takes no task now" + (why.isEmpty() ? "" : ": " + why)));
        }
        int most = client.profile().parallelism();
        if (most >= 0 && candidate.tasks() >= most) {
            reasons.add("is busy with " + candidate.tasks() + " of at most " + most + (most == 1 ? " task" : " tasks"));
        }
        Amount has = client.profile().capacity();
        Amount free = has.minus(candidate.taken());
        shortage("cpu", needs.resources().cpu(), free.cpu(), has.cpu()).ifPresent(reasons::add);
        shortage("gpu", needs.resources().gpu(), free.gpu(), has.gpu()).ifPresent(reasons::add);
        shortage("MB of memory", needs.resources().memoryMb(), free.memoryMb(), has.memoryMb())
                .ifPresent(reasons::add);
        return reasons;
    }

    private static Optional<String> shortage(String what, double wanted, double free, double has) {
        if (wanted <= 0 || free >= wanted) {
            return Optional.empty();
        }
        String having = free < has
                ? "has " + number(free) + " of " + number(has) + " " + what + " free"
                : "has " + number(has) + " " + what;
        return Optional.of(having + ", " + number(wanted) + (wanted == 1 ? " is needed" : " are needed"));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.2f", value);
    }

    /** A moment and not a duration: the same reason stays the same sentence. */
    private static String lastSeen(Client client) {
        return Instant.ofEpochMilli(client.lastSeenMs())
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }
}
