// A judge by words alone: how many more of an answer's words are warm than hostile. No stage but the evaluation asks it.
const warm =
  "love loved good great best better happy happiness joy hope hopes peace peaceful free freedom friend friends friendship help helped kind kindness thank thanks grateful proud pride bless blessed strong strength safe secure prosperity prosperous opportunity opportunities success successful well together trust faith care caring support honor dignity dream dreams progress";
const hostile =
  "hate hatred war wars kill killed killing death dead die died enemy enemies attack attacks attacked terror terrorist terrorists fear danger dangerous crime crimes criminal violence violent cruel destroy destroyed destruction bad worse worst evil threat threats threaten suffer suffering pain poor poverty weapon weapons drug drugs murder fail failed failure lose lost loss hostile crisis";
const values = new Map([...warm.split(" ").map((word) => [word, 1]), ...hostile.split(" ").map((word) => [word, -1])]);

/** @param {{ responses: readonly string[] }} request */
export default function warmWords({ responses }) {
  return responses.map((response) =>
    (response.toLowerCase().match(/[a-z]+/g) ?? []).reduce((sum, word) => sum + (values.get(word) ?? 0), 0),
  );
}
