package io.nsfl.benchmarks;

import io.nsfl.benchmarks.secagg.Identity;
import io.nsfl.benchmarks.secagg.MaskedRound;
import io.nsfl.benchmarks.secagg.StageTimes;
import io.nsfl.federation.secagg.Cohort;
import io.nsfl.federation.secagg.GroupDraw;
import io.nsfl.federation.secagg.Mode;
import io.nsfl.federation.secagg.PartyId;
import io.nsfl.federation.secagg.SecAggAbort;
import io.nsfl.federation.secagg.SecAggParameters;
import io.nsfl.federation.secagg.SessionBinding;
import io.nsfl.federation.secagg.SessionGroup;
import io.nsfl.federation.secagg.Stage;
import io.nsfl.federation.secagg.VectorShape;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Secure aggregation without a network, each side's CPU time. */
@Command(
        name = "secagg",
        mixinStandardHelpOptions = true,
        description = {
            "Time a whole session of secure aggregation in one process: CPU milliseconds of a client and of the server, by stage;",
            "with groups one session after the other, and of all the server's sum and the slowest group's client.",
            "Clients that drop out do so after sharing keys and before their vector."
        })
final class SecaggCommand implements Callable<Integer> {
    private static final String ANY_SHA256 = "0".repeat(64);
    private static final int VALUE_BITS = 16;
    private static final int WARM_UP_CLIENTS = 8;

    @Option(names = "--clients", defaultValue = "100", paramLabel = "N", description = "Clients (${DEFAULT-VALUE}).")
    private int clients;

    @Option(
            names = "--length",
            defaultValue = "100000",
            paramLabel = "D",
            description = "Elements of a vector (${DEFAULT-VALUE}).")
    private long length;

    @Option(
            names = "--drop",
            defaultValue = "10",
            paramLabel = "PERCENT",
            description = "Clients that drop out (${DEFAULT-VALUE} percent).")
    private int drop;

    @Option(
            names = "--degree",
            paramLabel = "K",
            description = "Peers that a client masks with, an even number; without it, all of them.")
    private Integer degree;

    @Option(
            names = "--threshold",
            paramLabel = "T",
            description = "Shares that give a secret back; without it, two thirds of those who hold one, and one more.")
    private Integer threshold;

    @Option(
            names = "--groups",
            defaultValue = "1",
            paramLabel = "G",
            description = "Groups that the clients are split into, each a session of its own (${DEFAULT-VALUE}).")
    private int groups;

    @Option(
            names = "--warm-up",
            defaultValue = "40",
            paramLabel = "R",
            description =
                    "Small sessions before the one that counts, until the compiler has seen everything (${DEFAULT-VALUE}).")
    private int warmUp;

    @Override
    public Integer call() {
        if (drop < 0 || drop > 99) {
            throw new FaultException(Fault.REQUEST_INVALID, "--drop is 0 to 99");
        }
        if (groups < 1 || 2 * groups > clients) {
            throw new FaultException(Fault.REQUEST_INVALID, "--groups is 1 to half of the clients");
        }
        SecAggParameters small =
                parameters(SessionGroup.ONLY, WARM_UP_CLIENTS, WARM_UP_CLIENTS - 1, WARM_UP_CLIENTS / 2 + 1, 100_000);
        for (int session = 0; session < warmUp; session++) {
            try (MaskedRound round = new MaskedRound(small, identities(WARM_UP_CLIENTS), 1)) {
                round.play();
            }
        }
        Map<PartyId, Identity> all = new HashMap<>();
        identities(clients).forEach(identity -> all.put(PartyId.of(identity.identityKey()), identity));
        List<Set<PartyId>> split = GroupDraw.split(binding(SessionGroup.ONLY), all.keySet(), groups);
        boolean exact = true;
        double client = 0;
        double server = 0;
        for (int group = 0; group < groups; group++) {
            List<Identity> members = split.get(group).stream().map(all::get).toList();
            int peers = degree == null ? members.size() - 1 : degree;
            int shares = threshold == null ? (peers + 1) * 2 / 3 + 1 : threshold;
            SecAggParameters session =
                    parameters(new SessionGroup(group, groups), members.size(), peers, shares, length);
            try (MaskedRound round = new MaskedRound(session, members, members.size() * drop / 100)) {
                round.play();
                print("client", round.clientTimes());
                print("server", round.serverTimes());
                client = Math.max(client, round.clientTimes().total());
                server += round.serverTimes().total();
                exact &= round.exact();
            }
        }
        int least = clients / groups;
        int peers = degree == null ? least - 1 : degree;
        System.out.printf(
                Locale.ROOT,
                "result client_ms=%.0f server_ms=%.0f exact=%b clients=%d length=%d drop=%d degree=%d threshold=%d groups=%d%n",
                client,
                server,
                exact,
                clients,
                length,
                drop,
                peers,
                threshold == null ? (peers + 1) * 2 / 3 + 1 : threshold,
                groups);
        return exact ? 0 : 1;
    }

    private static List<Identity> identities(int clients) {
        return Stream.generate(Identity::new).limit(clients).toList();
    }

    private static SessionBinding binding(SessionGroup group) {
        return new SessionBinding("default", "bench", "run", 1, 1, group, ANY_SHA256, ANY_SHA256);
    }

    private static SecAggParameters parameters(
            SessionGroup group, int clients, int degree, int threshold, long length) {
        try {
            return new SecAggParameters(
                    binding(group),
                    Mode.DOUBLEMASK,
                    new Cohort(clients, threshold, 2, degree),
                    new VectorShape(length, VALUE_BITS));
        } catch (SecAggAbort unsound) {
            throw new FaultException(Fault.REQUEST_INVALID, unsound.getMessage());
        }
    }

    private static void print(String side, StageTimes times) {
        StringBuilder line = new StringBuilder(side).append(" ms:");
        for (Stage stage : Stage.values()) {
            if (times.median(stage) > 0) {
                line.append(String.format(
                        Locale.ROOT, " %s %.1f", stage.name().toLowerCase(Locale.ROOT), times.median(stage)));
            }
        }
        System.out.println(line);
    }
}
