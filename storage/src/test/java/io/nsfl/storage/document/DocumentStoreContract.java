package io.nsfl.storage.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What every document store promises. */
public interface DocumentStoreContract {
    /** Fractions as decimals, as the stores give them back. */
    JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** An empty collection of a store under test. */
    DocumentCollection collection(CollectionSpec spec);

    private DocumentCollection jobs() {
        return collection(CollectionSpec.of("jobs", UniqueKey.of("namespace", "id"), UniqueKey.of("_nsfl.service"))
                .listedBy("namespace", Order.byText("time"))
                .listedBy("namespace", Order.byNumber("seq")));
    }

    static ObjectNode json(String text) {
        return (ObjectNode) JSON.readTree(text.replace('\'', '"'));
    }

    private static List<String> ids(List<Document> documents) {
        return documents.stream()
                .map(document -> document.data().get("id").asString())
                .toList();
    }

    @Test
    default void findsWhatWasInserted() {
        DocumentCollection jobs = jobs();
        ObjectNode data = json(
                "{'namespace':'a','id':'one','rate':0.12345678901234567890,'whole':3.0,'big':12345678901234567890,'none':null,'deep':{'list':[1,{'x':'ü'}]}}");

        Document inserted = jobs.insert(data);

        assertThat(inserted.data()).isEqualTo(data);
        assertThat(inserted.version()).isEqualTo(1);
        assertThat(jobs.find(json("{'namespace':'a','id':'one'}"))).contains(inserted);
        assertThat(jobs.find(json("{'namespace':'b','id':'one'}"))).isEmpty();
    }

    @Test
    default void keepsItsOwnCopy() {
        DocumentCollection jobs = jobs();
        ObjectNode data = json("{'namespace':'a','id':'one'}");
        jobs.insert(data);

        data.put("id", "changed");
        jobs.find(json("{'id':'one'}")).orElseThrow().data().put("id", "changed");

        assertThat(jobs.count(json("{'id':'one'}"))).isEqualTo(1);
    }

    @Test
    default void refusesASecondDocumentWithTheSameKey() {
        DocumentCollection jobs = jobs();
        jobs.insert(json("{'namespace':'a','id':'b-c','_nsfl':{'service':'a-b-c'}}"));

        assertThatThrownBy(() -> jobs.insert(json("{'namespace':'a','id':'b-c'}")))
                .isInstanceOf(DuplicateKeyException.class);
        assertThatThrownBy(() -> jobs.insert(json("{'namespace':'a-b','id':'c','_nsfl':{'service':'a-b-c'}}")))
                .isInstanceOf(DuplicateKeyException.class);
        jobs.insert(json("{'namespace':'b','id':'b-c'}"));
        assertThat(jobs.count(json("{}"))).isEqualTo(2);
    }

    @Test
    default void leavesADocumentWithoutTheFieldFreeOfTheKey() {
        DocumentCollection jobs = jobs();
        jobs.insert(json("{'namespace':'a','id':'one'}"));
        jobs.insert(json("{'namespace':'a','id':'two'}"));

        assertThat(jobs.count(json("{'namespace':'a'}"))).isEqualTo(2);
    }

    @Test
    default void insertsAllOrNothing() {
        DocumentCollection jobs = jobs();
        jobs.insert(json("{'namespace':'a','id':'taken'}"));

        assertThatThrownBy(() -> jobs.insertAll(
                        List.of(json("{'namespace':'a','id':'new'}"), json("{'namespace':'a','id':'taken'}"))))
                .isInstanceOf(DuplicateKeyException.class);
        assertThat(jobs.count(json("{}"))).isEqualTo(1);

        List<Document> both =
                jobs.insertAll(List.of(json("{'namespace':'a','id':'z'}"), json("{'namespace':'a','id':'y'}")));
        assertThat(ids(both)).containsExactly("z", "y");
        assertThat(both.get(0).id()).isLessThan(both.get(1).id());
        assertThat(jobs.insertAll(List.of())).isEmpty();
    }

    @Test
    default void queriesByContainment() {
        DocumentCollection jobs = jobs();
        jobs.insert(
                json("{'namespace':'a','id':'one','status':{'state':'RUNNING','progress':5},'tags':['x','y'],'n':1}"));
        jobs.insert(json("{'namespace':'a','id':'two','status':{'state':'QUEUING'},'tags':['y'],'n':1.0}"));

        assertThat(ids(jobs.query(Query.containing(json("{'status':{'state':'RUNNING'}}")))))
                .containsExactly("one");
        assertThat(ids(jobs.query(Query.containing(json("{'tags':['y']}"))))).containsExactly("one", "two");
        assertThat(ids(jobs.query(Query.containing(json("{'tags':['y','x']}")))))
                .containsExactly("one");
        assertThat(ids(jobs.query(Query.containing(json("{'n':1}"))))).containsExactly("one", "two");
        assertThat(jobs.query(Query.containing(json("{'n':'1'}")))).isEmpty();
        assertThat(jobs.query(Query.containing(json("{'absent':null}")))).isEmpty();
        assertThat(ids(jobs.query(Query.all()))).containsExactly("one", "two");
    }

    @Test
    default void findsNothingByWhatNoDocumentHolds() {
        DocumentCollection jobs = jobs();
        jobs.insert(json("{'namespace':'a','id':'one','status':{'state':'RUNNING'}}"));

        for (String pattern : List.of(
                "{'id':'one\\u0000'}",
                "{'namespace':'a','id':'\\u0000'}",
                "{'status':{'a\\u0000':1}}",
                "{'id':['\\u0000']}")) {
            assertThat(jobs.find(json(pattern))).isEmpty();
            assertThat(jobs.query(Query.containing(json(pattern)).orderedBy(Order.byText("time"))))
                    .isEmpty();
            assertThat(jobs.count(json(pattern))).isZero();
            assertThat(jobs.deleteAll(json(pattern))).isZero();
        }
    }

    @Test
    default void ordersByNumbersAsNumbersAndByTextAsText() {
        DocumentCollection jobs = jobs();
        for (String[] row : new String[][] {{"a", "10", "b"}, {"b", "9", "B"}, {"c", "9.5", "é"}, {"d", "-1", "a"}}) {
            jobs.insert(json("{'namespace':'n','id':'" + row[0] + "','seq':" + row[1] + ",'time':'" + row[2] + "'}"));
        }
        jobs.insert(json("{'namespace':'n','id':'e'}"));

        assertThat(ids(jobs.query(Query.all().orderedBy(Order.byNumber("seq")))))
                .containsExactly("d", "e", "b", "c", "a");
        assertThat(ids(jobs.query(Query.all().orderedBy(Order.byText("time")))))
                .containsExactly("e", "b", "d", "a", "c");
        assertThat(ids(jobs.query(Query.all()
                        .orderedBy(Order.byNumber("seq").descendingly())
                        .limit(2))))
                .containsExactly("a", "c");
    }

    @Test
    default void pagesStablyWhileDocumentsComeAndGo() {
        DocumentCollection jobs = jobs();
        List<Document> all = jobs.insertAll(IntStream.range(0, 6)
                .mapToObj(i -> json("{'namespace':'n','id':'" + i + "','time':'t" + i / 3 + "'}"))
                .toList());
        Query byTime = Query.all().orderedBy(Order.byText("time")).limit(2);

        List<Document> first = jobs.query(byTime);
        jobs.delete(all.get(0));
        jobs.insert(json("{'namespace':'n','id':'early','time':'a'}"));
        List<Document> second = jobs.query(byTime.after(first.getLast()));
        List<Document> third = jobs.query(byTime.after(second.getLast()));

        assertThat(ids(first)).containsExactly("0", "1");
        assertThat(ids(second)).containsExactly("2", "3");
        assertThat(ids(third)).containsExactly("4", "5");
        assertThat(jobs.query(byTime.after(third.getLast()))).isEmpty();
        Query backwards =
                Query.all().orderedBy(Order.byText("time").descendingly()).limit(3);
        assertThat(ids(jobs.query(backwards.after(all.get(4))))).containsExactly("3", "2", "1");
        assertThat(ids(jobs.query(Query.all().after(all.get(4))))).containsExactly("5", "early");
    }

    @Test
    default void pagesThroughWhatContainsAPatternInBothDirections() {
        DocumentCollection jobs = jobs();
        for (int i = 0; i < 40; i++) {
            jobs.insert(json("{'namespace':'n%d','id':'%d','time':'t%02d','state':{'name':'%s'}}"
                    .formatted(i % 2, i, i / 4, i % 3 == 0 ? "A" : "B")));
        }
        Query wanted = Query.containing(json("{'namespace':'n0','state':{'name':'A'}}"));

        for (Query query : List.of(
                wanted,
                wanted.orderedBy(Order.byText("time")),
                wanted.orderedBy(Order.byText("time").descendingly()))) {
            List<Document> whole = jobs.query(query);
            List<Document> paged = new ArrayList<>();
            Query page = query.limit(3);
            for (List<Document> found = jobs.query(page); !found.isEmpty(); found = jobs.query(page)) {
                assertThat(found).hasSizeLessThanOrEqualTo(3);
                paged.addAll(found);
                page = page.after(found.getLast());
            }
            assertThat(whole).hasSize(7);
            assertThat(paged).isEqualTo(whole);
        }
    }

    @Test
    default void offersNoOrderInWhichItIsNotListed() {
        DocumentCollection jobs = jobs();

        assertThatThrownBy(() -> jobs.query(Query.all().orderedBy(Order.byText("description"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("jobs is not listed by");
        assertThatThrownBy(() -> jobs.query(Query.all().orderedBy(Order.byNumber("time"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    default void startsBeyondANumber() {
        DocumentCollection jobs = jobs();
        IntStream.rangeClosed(1, 12)
                .forEach(i -> jobs.insert(json("{'namespace':'n','id':'" + i + "','seq':" + i + "}")));

        assertThat(ids(jobs.query(Query.all().orderedBy(Order.byNumber("seq")).beyond(9))))
                .containsExactly("10", "11", "12");
        assertThat(jobs.query(Query.all().orderedBy(Order.byNumber("seq")).beyond(12)))
                .isEmpty();
        assertThat(ids(jobs.query(Query.all()
                        .orderedBy(Order.byNumber("seq").descendingly())
                        .beyond(3))))
                .containsExactly("2", "1");
    }

    @Test
    default void replacesOnlyTheVersionThatWasRead() {
        DocumentCollection jobs = jobs();
        Document read = jobs.insert(json("{'namespace':'a','id':'one','n':1}"));

        Document second =
                jobs.replace(read, json("{'namespace':'a','id':'one','n':2}")).orElseThrow();

        assertThat(second.version()).isEqualTo(2);
        assertThat(jobs.replace(read, json("{'namespace':'a','id':'one','n':3}")))
                .isEmpty();
        assertThat(jobs.find(json("{'id':'one'}"))).contains(second);
        jobs.insert(json("{'namespace':'a','id':'two'}"));
        assertThatThrownBy(() -> jobs.replace(second, json("{'namespace':'a','id':'two'}")))
                .isInstanceOf(DuplicateKeyException.class);
        assertThat(jobs.find(json("{'id':'one'}"))).contains(second);
    }

    @Test
    default void deletesOnlyTheVersionThatWasRead() {
        DocumentCollection jobs = jobs();
        Document read = jobs.insert(json("{'namespace':'a','id':'one'}"));
        Document second =
                jobs.replace(read, json("{'namespace':'a','id':'one','n':2}")).orElseThrow();

        assertThat(jobs.delete(read)).isFalse();
        assertThat(jobs.delete(second)).isTrue();
        assertThat(jobs.delete(second)).isFalse();
        assertThat(jobs.replace(second, read.data())).isEmpty();
        assertThat(jobs.insert(json("{'namespace':'a','id':'one'}")).id()).isGreaterThan(read.id());
    }

    @Test
    default void deletesAllThatContainThePattern() {
        DocumentCollection jobs = jobs();
        IntStream.range(0, 5).forEach(i -> jobs.insert(json("{'namespace':'n" + i % 2 + "','id':'" + i + "'}")));

        assertThat(jobs.deleteAll(json("{'namespace':'n0'}"))).isEqualTo(3);
        assertThat(jobs.deleteAll(json("{'namespace':'n0'}"))).isZero();
        assertThat(ids(jobs.query(Query.all()))).containsExactly("1", "3");
    }

    @Test
    default void letsOneOfManyConcurrentWritersWin() throws Exception {
        DocumentCollection jobs = jobs();
        Document read = jobs.insert(json("{'namespace':'a','id':'one','n':0}"));
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Boolean>> writers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 1; i <= 4; i++) {
                ObjectNode mine = json("{'namespace':'a','id':'one','n':" + i + "}");
                writers.add(threads.submit(() -> {
                    start.await();
                    return jobs.replace(read, mine).isPresent();
                }));
            }
            start.countDown();
        }
        int winners = 0;
        for (Future<Boolean> writer : writers) {
            winners += writer.get() ? 1 : 0;
        }
        assertThat(winners).isEqualTo(1);
        assertThat(jobs.find(json("{'id':'one'}")).orElseThrow().version()).isEqualTo(2);
    }
}
