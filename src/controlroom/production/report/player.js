// Mix and master side by side: both run on, one is heard; the louder one is turned down to the quieter.
(() => {
  const panel = document.querySelector("[data-player]");
  if (!panel) return;
  const sounds = [...panel.querySelectorAll("audio")];
  const choices = [...panel.querySelectorAll("[data-choice]")];
  const play = panel.querySelector("[data-play]");
  const match = panel.querySelector("[data-match]");
  const wave = panel.querySelector(".wave");
  const clock = panel.querySelector("[data-clock]");
  let heard = Number(panel.dataset.first || 0);
  let matched = sounds.length > 1;

  const time = s => `${Math.floor(s / 60)}:${(s % 60).toFixed(1).padStart(4, "0")}`;
  const length = () => sounds[heard].duration || Number(panel.dataset.seconds) || 1;
  const gain = i => (matched ? 10 ** (Number(sounds[i].dataset.gainDb) / 20) : 1);

  function listen(index) {
    const at = sounds[heard].currentTime;
    if (index !== heard && Math.abs(sounds[index].currentTime - at) > 0.02) sounds[index].currentTime = at;
    heard = index;
    sounds.forEach((sound, i) => { sound.muted = i !== heard; sound.volume = gain(i); });
    choices.forEach((button, i) => button.setAttribute("aria-pressed", i === heard));
    if (match) match.setAttribute("aria-pressed", matched);
  }
  function toggle() {
    const start = sounds[heard].paused;
    sounds.forEach(sound => (start ? sound.play() : sound.pause()));
    play.firstChild.textContent = start ? "Pause" : "Play";
  }
  function seek(to) {
    const at = Math.min(Math.max(to, 0), length() - 0.05);
    sounds.forEach(sound => { sound.currentTime = at; });
    draw();
  }
  function draw() {
    const at = sounds[heard].currentTime;
    wave.style.setProperty("--full", `${wave.clientWidth}px`);
    wave.querySelector(".played").style.width = `${(at / length()) * 100}%`;
    wave.setAttribute("aria-valuenow", at.toFixed(1));
    wave.setAttribute("aria-valuetext", time(at));
    clock.textContent = `${time(at)} / ${time(length())}`;
    if (!sounds[heard].paused) requestAnimationFrame(draw);
  }

  play.addEventListener("click", toggle);
  choices.forEach((button, i) => button.addEventListener("click", () => listen(i)));
  if (match) match.addEventListener("click", () => { matched = !matched; listen(heard); });
  wave.addEventListener("click", event => seek(((event.clientX - wave.getBoundingClientRect().left) / wave.clientWidth) * length()));
  sounds.forEach(sound => {
    sound.addEventListener("play", draw);
    sound.addEventListener("ended", () => { play.firstChild.textContent = "Play"; });
  });
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target.tagName !== "SUMMARY" && event.target.tagName !== "A") { event.preventDefault(); toggle(); }
    else if (event.key === "j" || event.key === "ArrowLeft") seek(sounds[heard].currentTime - 5);
    else if (event.key === "l" || event.key === "ArrowRight") seek(sounds[heard].currentTime + 5);
    else if (event.key === "m" && match) match.click();
    else if (choices[Number(event.key) - 1]) listen(Number(event.key) - 1);
  });
  listen(heard);
  draw();
})();
