// Asks how far long work has come, every three seconds, and shows it. The page does without: its link asks the same.
const address = document.querySelector("script[data-address]").dataset.address;
const [bar, text, read, state] = ["progress", "text", "read", "state"].map((name) => document.getElementById(`job-${name}`));

function show(job) {
  if (job.total !== null) {
    bar.max = job.total || 1;
    bar.value = job.done;
  }
  text.textContent = job.text;
  read.textContent = job.read;
  state.lastElementChild.lastChild.textContent = job.title;
}

async function ask() {
  let job;
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error" });
    if (!answer.ok) return;
    job = await answer.json();
  } catch {
    setTimeout(ask, 9000); // no connection: later
    return;
  }
  if (job.ended) location.reload();
  else {
    show(job);
    setTimeout(ask, 3000);
  }
}

setTimeout(ask, 3000);
