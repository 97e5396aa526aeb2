package io.nsfl.systemtests.crash;

import io.nsfl.standalone.home.NsflHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * Job after job on one site, each of them struck at random moments, until somebody stops it or a job does not end as it should:
 * {@code Storm SOURCES DIRECTORY separate|together JOBS STRIKES_PER_JOB SEED [VICTIM,VICTIM…]}. No strikes = the
 * coordinator in every phase.
 */
final class Storm {
    private Storm() {}

    public static void main(String[] arguments) throws Exception {
        Path sources = Path.of(arguments[0]);
        Path root = Files.createDirectories(Path.of(arguments[1]));
        Function<NsflHome, ServerSide> kind = arguments[2].equals("separate") ? Separate::new : OneProcess::new;
        int jobs = Integer.parseInt(arguments[3]);
        int strikes = Integer.parseInt(arguments[4]);
        long seed = Long.parseLong(arguments[5]);
        List<Strike> victims = arguments.length > 6
                ? Arrays.stream(arguments[6].split(",")).map(Strike::valueOf).toList()
                : List.of(Strike.values());
        int bad = 0;
        try (Site site = Site.start(root, sources, 2, kind)) {
            Trial trial = Trial.undisturbed(site, "calm");
            System.out.println("undisturbed: " + trial);
            for (int number = 0; number < jobs; number++) {
                Random random = new Random(seed + number);
                List<Strike> chosen = new ArrayList<>();
                for (int i = 0; i < strikes; i++) {
                    chosen.add(
                            strikes == 1
                                    ? victims.get(number % victims.size())
                                    : victims.get(random.nextInt(victims.size())));
                }
                String id = "storm-" + (seed + number);
                long start = System.nanoTime();
                try {
                    String story = strikes == 0 ? trial.struckByPhase(id, 8, random) : trial.struck(id, chosen, random);
                    System.out.printf(
                            "%s seed %d: as undisturbed; %.1f s; %s%n",
                            id, seed + number, (System.nanoTime() - start) / 1e9, story);
                } catch (AssertionError wrong) {
                    bad++;
                    System.out.printf("%s seed %d %s: WRONG %s%n", id, seed + number, chosen, wrong.getMessage());
                }
            }
            System.out.println("bad " + bad + " of " + jobs);
        }
        System.exit(bad == 0 ? 0 : 1);
    }
}
