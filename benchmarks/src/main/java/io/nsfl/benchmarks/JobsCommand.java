package io.nsfl.benchmarks;

import io.nsfl.benchmarks.measure.PlatformMemory;
import io.nsfl.benchmarks.world.BenchWorld;
import io.nsfl.benchmarks.world.ManyJobs;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.standalone.home.NsflHome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a full store of jobs costs each call: two platforms side by side, their calls in turns. */
@Command(
        name = "jobs",
        mixinStandardHelpOptions = true,
        description = {
            "Time REST calls with many jobs in the store against the same calls with few.",
            "Both platforms run during the whole measurement, and calls alternate between them."
        })
final class JobsCommand implements Callable<Integer> {
    private static final int CREATORS = 4;

    @Option(names = "--many", defaultValue = "10000", paramLabel = "N", description = "Jobs (${DEFAULT-VALUE}).")
    private int many;

    @Option(names = "--few", defaultValue = "10", paramLabel = "N", description = "Jobs beside it (${DEFAULT-VALUE}).")
    private int few;

    @Option(
            names = "--turns",
            defaultValue = "200",
            paramLabel = "T",
            description = "Calls of each kind that count (${DEFAULT-VALUE}); as many before them do not.")
    private int turns;

    /** A call about one of the jobs that are there; {@code turn} makes ids that are not. */
    @FunctionalInterface
    private interface Call {
        void on(ManyJobs jobs, int there, int turn) throws Exception;
    }

    private static Map<String, Call> calls() {
        Map<String, Call> calls = new LinkedHashMap<>();
        calls.put("create", (jobs, there, turn) -> jobs.create("new-" + turn));
        calls.put("get", (jobs, there, turn) -> jobs.get(id(turn % there)));
        calls.put("list of 10", (jobs, there, turn) -> jobs.list("?limit=10"));
        calls.put("list of 10 from the middle", (jobs, there, turn) -> jobs.list("?limit=10&after=" + id(there / 2)));
        calls.put("list of 10 by state", (jobs, there, turn) -> jobs.list("?limit=10&state=STOPPED"));
        calls.put("stop", (jobs, there, turn) -> jobs.stop("new-" + turn));
        calls.put("delete", (jobs, there, turn) -> jobs.delete("new-" + turn));
        return calls;
    }

    @Override
    public Integer call() throws Exception {
        if (few < 1 || many < few || turns < 1) {
            throw new FaultException(Fault.REQUEST_INVALID, "1 <= --few <= --many, and --turns is at least 1");
        }
        System.out.println("starting two platforms ...");
        NsflHome home = NsflHome.fromLaunchScript();
        try (BenchWorld small = BenchWorld.start(home);
                BenchWorld large = BenchWorld.start(home)) {
            ManyJobs a = small.manyJobs();
            ManyJobs b = large.manyJobs();
            fill(a, few, many);
            double before = PlatformMemory.anonymous(large.pid());
            fill(b, many, many);
            System.out.printf("%d and %d jobs are there%n", few, many);
            Map<String, double[]> milliseconds = new LinkedHashMap<>();
            for (Map.Entry<String, Call> call : calls().entrySet()) {
                milliseconds.put(call.getKey(), medians(call.getValue(), a, b));
            }
            tell(milliseconds);
            int listOfFew = a.list("").length();
            int listOfMany = b.list("").length();
            System.out.printf(Locale.ROOT, "the list of all: %d and %d kB%n", listOfFew / 1000, listOfMany / 1000);
            System.out.printf(
                    Locale.ROOT,
                    "anonymous memory of the platform's process: %.0f MiB before its jobs, %.0f after all calls; %.0f beside it%n",
                    before,
                    PlatformMemory.anonymous(large.pid()),
                    PlatformMemory.anonymous(small.pid()));
        }
        return 0;
    }

    private static String id(int number) {
        return "job-" + number;
    }

    /** @param count jobs that stay; {@code made} are made, so that either platform is as warm as the other */
    private static void fill(ManyJobs jobs, int count, int made) throws Exception {
        try (ExecutorService creators = Executors.newFixedThreadPool(CREATORS)) {
            List<Future<?>> all = new ArrayList<>();
            for (int number = 0; number < made; number++) {
                String id = id(number);
                boolean stays = number < count;
                all.add(creators.submit(() -> {
                    jobs.create(id);
                    jobs.stop(id);
                    if (!stays) {
                        jobs.delete(id);
                    }
                    return id;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    /** Of few and of many, ms. */
    private double[] medians(Call call, ManyJobs a, ManyJobs b) throws Exception {
        double[][] all = new double[2][turns];
        for (int turn = -turns; turn < turns; turn++) {
            int number = turn + turns;
            double first = milliseconds(call, a, few, number);
            double second = milliseconds(call, b, many, number);
            if (turn >= 0) {
                all[0][turn] = first;
                all[1][turn] = second;
            }
        }
        return Arrays.stream(all)
                .mapToDouble(values -> Arrays.stream(values).sorted().toArray()[turns / 2])
                .toArray();
    }

    private static double milliseconds(Call call, ManyJobs jobs, int there, int turn) throws Exception {
        long start = System.nanoTime();
        call.on(jobs, there, turn);
        return (System.nanoTime() - start) / 1e6;
    }

    private void tell(Map<String, double[]> milliseconds) {
        System.out.printf("%-28s %10s %10s %7s%n", "median ms with", few + " jobs", many + " jobs", "ratio");
        milliseconds.forEach((call, medians) -> System.out.printf(
                Locale.ROOT, "%-28s %10.2f %10.2f %7.2f%n", call, medians[0], medians[1], medians[1] / medians[0]));
        double worst = milliseconds.values().stream()
                .mapToDouble(medians -> medians[1] / medians[0])
                .max()
                .orElseThrow();
        System.out.printf(Locale.ROOT, "result worst_ratio=%.2f many=%d few=%d%n", worst, many, few);
    }
}
