package io.nsfl.systemtests.crash;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What a job comes to when nobody disturbs it, to compare others of the same site with. */
final class Trial {
    private final Site site;
    private final byte[] model;
    private final int events;

    private Trial(Site site, byte[] model, int events) {
        this.site = site;
        this.model = model;
        this.events = events;
    }

    static Trial undisturbed(Site site, String id) throws Exception {
        CrashJob job = CrashJob.create(site, id, site.clients(), site.clients());
        finished(job);
        return new Trial(site, job.finalModel(), job.events().size());
    }

    /**
     * Plays the job again and strikes when so many of its events are known as the generator says.
     *
     * @return who was struck when
     * @throws AssertionError when it does not come to the same model
     */
    String struck(String id, List<Strike> strikes, Random random) throws Exception {
        int[] moments = strikes.stream()
                .mapToInt(strike -> 1 + random.nextInt(events - 2))
                .sorted()
                .toArray();
        CrashJob job = CrashJob.create(site, id, site.clients(), site.clients());
        List<String> story = new ArrayList<>();
        try {
            for (int i = 0; i < moments.length; i++) {
                Strike strike = strikes.get(i);
                int moment = moments[i];
                int client = random.nextInt(site.clients());
                Await.until(
                        "event " + moment, Await.LONG, () -> job.events().size() >= moment || job.ended(), job::story);
                // Whoever is not there yet is struck as soon as he is.
                boolean[] hit = {false};
                Await.until(
                        strike + " is there",
                        Await.LONG,
                        () -> hit[0] = strike.hit(site, job, client) || job.ended(),
                        job::story);
                story.add(strike + (hit[0] ? "" : " (too late)") + " after event " + moment + " of " + events);
            }
            finished(job);
            if (!Arrays.equals(model, job.finalModel())) {
                throw new AssertionError("The final model is another one. " + job.story());
            }
        } catch (AssertionError wrong) {
            throw new AssertionError(story + ": " + wrong.getMessage(), wrong);
        }
        return String.join(", ", story);
    }

    /**
     * Plays the job again and kills its coordinator again and again, each time some records of its journal later, and once more when the last
     * checkpoint is there.
     *
     * @param strikes at most so many before the last one
     * @return how it went
     */
    String struckByPhase(String id, int strikes, Random random) throws Exception {
        CrashJob job = CrashJob.create(site, id, site.clients(), site.clients());
        StringBuilder story = new StringBuilder("COORDINATOR after record");
        int due = 1;
        for (int i = 0; i < strikes; i++) {
            int moment = due;
            Await.until("record " + moment, Await.LONG, () -> job.journalLength() >= moment || job.ended(), job::story);
            strikeCoordinator(job);
            story.append(' ').append(job.journalLength());
            due = job.journalLength() + 3 + random.nextInt(4);
        }
        Await.until("the last checkpoint", Await.LONG, () -> job.saved() || job.ended(), job::story);
        strikeCoordinator(job);
        finished(job);
        if (!Arrays.equals(model, job.finalModel())) {
            throw new AssertionError(story + ": the final model is another one. " + job.story());
        }
        return story + " and when the last checkpoint was there";
    }

    private void strikeCoordinator(CrashJob job) throws Exception {
        Await.until(
                "the coordinator is there",
                Await.LONG,
                () -> Strike.COORDINATOR.hit(site, job, 0) || job.ended(),
                job::story);
    }

    /** Bytes of the last checkpoint. */
    byte[] model() {
        return model.clone();
    }

    private static void finished(CrashJob job) throws Exception {
        String state = job.awaitEnd();
        if (!state.equals("FINISHED")) {
            throw new AssertionError(job.story());
        }
    }

    @Override
    public String toString() {
        return events + " events, model of " + model.length + " bytes";
    }
}
