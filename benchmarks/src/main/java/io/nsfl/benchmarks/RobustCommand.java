package io.nsfl.benchmarks;

import io.nsfl.benchmarks.robust.FlowerRule;
import io.nsfl.benchmarks.robust.Outcome;
import io.nsfl.benchmarks.robust.OwnRule;
import io.nsfl.benchmarks.robust.UpdateFiles;
import io.nsfl.federation.robust.Bulyan;
import io.nsfl.federation.robust.CoordinateRule;
import io.nsfl.federation.robust.GeometricMedian;
import io.nsfl.federation.robust.Krum;
import io.nsfl.federation.robust.RobustRule;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.standalone.home.NsflHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Robust rules over the same updates, beside Flower's. */
@Command(
        name = "robust",
        mixinStandardHelpOptions = true,
        description = {
            "Combine the same float32 updates by each robust rule, as a coordinator does and as Flower does,",
            "and print times, memory, and how far the results are apart."
        })
final class RobustCommand implements Callable<Integer> {
    /** Flower means in float32: about n roundings of the largest element. */
    private static final double CLOSE = 1e-5;

    private static final long WARM_UP_ELEMENTS = 200_000;
    private static final int WARM_UP_TURNS = 3;

    @Option(names = "--clients", defaultValue = "13", paramLabel = "N", description = "Updates (${DEFAULT-VALUE}).")
    private int clients;

    @Option(
            names = "--malicious",
            defaultValue = "2",
            paramLabel = "F",
            description = "Clients of them that are malicious (${DEFAULT-VALUE}).")
    private int malicious;

    @Option(
            names = "--params",
            defaultValue = "10000000",
            paramLabel = "P",
            description = "Elements of an update (${DEFAULT-VALUE}).")
    private long params;

    @Option(names = "--alone", description = "Without Flower, and without the Python environment that it needs.")
    private boolean alone;

    @Override
    public Integer call() throws Exception {
        Map<String, RobustRule> rules = rules();
        NsflHome home = NsflHome.fromLaunchScript();
        Path scratch = Files.createTempDirectory(Files.createDirectories(home.root()), "bench-robust-");
        try {
            warmUp(rules, scratch);
            UpdateFiles updates = new UpdateFiles(scratch, clients, malicious, params);
            FlowerRule flower = alone ? null : new FlowerRule(home.sources());
            boolean equal = true;
            System.out.println("| rule | keep ms | combine ms | MiB | Flower ms | MiB | ours/Flower | apart |");
            System.out.println("|---|---|---|---|---|---|---|---|");
            for (Map.Entry<String, RobustRule> rule : rules.entrySet()) {
                Outcome ours = OwnRule.run(rule.getValue(), updates, scratch);
                Outcome theirs = alone ? null : flower.run(rule.getKey(), malicious, updates, scratch);
                print(rule.getKey(), ours, theirs);
                equal &= alone || ours.difference(theirs) < CLOSE;
            }
            return equal ? 0 : 1;
        } finally {
            FileSystemUtils.deleteRecursively(scratch);
        }
    }

    private Map<String, RobustRule> rules() {
        Map<String, RobustRule> rules = new LinkedHashMap<>();
        rules.put("median", CoordinateRule.median(malicious));
        rules.put("trimmed_mean", CoordinateRule.trimmedMean(malicious));
        rules.put("krum", Krum.single(malicious));
        rules.put("multi_krum", Krum.multi(malicious));
        rules.put("bulyan", new Bulyan(malicious));
        rules.put("geometric_median", new GeometricMedian(malicious, 5, 1e-6));
        rules.forEach((name, rule) -> {
            if (rule.fewest() > clients) {
                throw new FaultException(
                        Fault.REQUEST_INVALID,
                        "--malicious " + malicious + " needs --clients of at least " + rule.fewest() + " for " + name);
            }
        });
        return rules;
    }

    private void warmUp(Map<String, RobustRule> rules, Path scratch) throws Exception {
        UpdateFiles small = new UpdateFiles(scratch, clients, malicious, Math.min(params, WARM_UP_ELEMENTS));
        for (int turn = 0; turn < WARM_UP_TURNS; turn++) {
            for (RobustRule rule : rules.values()) {
                OwnRule.run(rule, small, scratch);
            }
        }
    }

    private static void print(String rule, Outcome ours, Outcome theirs) throws IOException {
        System.out.printf(
                Locale.ROOT,
                "| %s | %.0f | %.0f | %.0f |",
                rule,
                ours.keepMillis(),
                ours.combineMillis(),
                ours.mebibytes());
        if (theirs != null) {
            System.out.printf(
                    Locale.ROOT,
                    " %.0f | %.0f | %.2f | %.1e |",
                    theirs.combineMillis(),
                    theirs.mebibytes(),
                    (ours.keepMillis() + ours.combineMillis()) / theirs.combineMillis(),
                    ours.difference(theirs));
        }
        System.out.println();
    }
}
