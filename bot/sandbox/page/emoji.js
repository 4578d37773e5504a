// Emoji: the short names that people and the bot write most, and the characters they stand for.
// The table is data (name, character, name, character, …); a name that is not in it stays as it was typed.

const TABLE = `
+1 👍 -1 👎 thumbsup 👍 thumbsdown 👎 ok_hand 👌 clap 👏 raised_hands 🙌 raised_hand ✋ pray 🙏 wave 👋 muscle 💪
point_right 👉 point_left 👈 point_up ☝ point_down 👇 handshake 🤝 v ✌ smile 😄 smiley 😃 grin 😁 grinning 😀
joy 😂 rofl 🤣 slightly_smiling_face 🙂 wink 😉 blush 😊 sunglasses 🕶 thinking_face 🤔 thinking 🤔
neutral_face 😐 expressionless 😑 confused 😕 worried 😟 cry 😢 sob 😭 scream 😱 tired_face 😫 sleeping 😴
relieved 😌 hugs 🤗 face_with_monocle 🧐 shrug 🤷 facepalm 🤦 heart ❤ broken_heart 💔 blue_heart 💙
green_heart 💚 yellow_heart 💛 purple_heart 💜 orange_heart 🧡 black_heart 🖤 100 💯 fire 🔥 zap ⚡ sparkles ✨
star ⭐ star2 🌟 tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 trophy 🏆 medal_sports 🏅 rocket 🚀 eyes 👀 brain 🧠
bulb 💡 white_check_mark ✅ heavy_check_mark ✔ ballot_box_with_check ☑ x ❌ negative_squared_cross_mark ❎
heavy_plus_sign ➕ heavy_minus_sign ➖ question ❓ grey_question ❔ exclamation ❗ bangbang ‼ warning ⚠
no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 stop_sign 🛑 rotating_light 🚨 construction 🚧 red_circle 🔴
large_orange_circle 🟠 large_yellow_circle 🟡 large_green_circle 🟢 large_blue_circle 🔵 purple_circle 🟣
brown_circle 🟤 white_circle ⚪ black_circle ⚫ red_square 🟥 orange_square 🟧 yellow_square 🟨 green_square 🟩
blue_square 🟦 white_large_square ⬜ black_large_square ⬛ small_blue_diamond 🔹 large_blue_diamond 🔷
small_orange_diamond 🔸 small_red_triangle 🔺 small_red_triangle_down 🔻 large_orange_diamond 🔶 arrow_up ⬆
arrow_down ⬇ arrow_left ⬅ arrow_right ➡ arrow_upper_right ↗ arrow_lower_right ↘
arrows_counterclockwise 🔄 leftwards_arrow_with_hook ↩ arrow_right_hook ↪ twisted_rightwards_arrows 🔀
repeat 🔁 fast_forward ⏩ arrow_forward ▶ pause_button ⏸ double_vertical_bar ⏸ stop_button ⏹ rewind ⏪
hourglass ⌛ hourglass_flowing_sand ⏳ alarm_clock ⏰ stopwatch ⏱ timer_clock ⏲ clock1 🕐 clock3 🕒 clock5 🕔
clock9 🕘 watch ⌚ calendar 📆 date 📅 spiral_calendar 🗓 spiral_calendar_pad 🗓 bell 🔔 no_bell 🔕
loudspeaker 📢 mega 📣 speech_balloon 💬 left_speech_bubble 🗨 thought_balloon 💭 email 📧 envelope ✉
incoming_envelope 📨 inbox_tray 📥 outbox_tray 📤 package 📦 mailbox 📫 memo 📝 pencil ✏ pencil2 ✏
page_facing_up 📄 page_with_curl 📃 clipboard 📋 pushpin 📌 round_pushpin 📍 paperclip 📎 link 🔗 bookmark 🔖
label 🏷 ticket 🎫 file_folder 📁 open_file_folder 📂 card_index_dividers 🗂 newspaper 📰 books 📚 book 📖
bar_chart 📊 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 mag 🔍 mag_right 🔎 lock 🔒 unlock 🔓
key 🔑 gear ⚙ wrench 🔧 hammer 🔨 hammer_and_wrench 🛠 nut_and_bolt 🔩 toolbox 🧰 microscope 🔬 test_tube 🧪
bug 🐛 beetle 🐞 ant 🐜 snail 🐌 turtle 🐢 robot_face 🤖 robot 🤖 computer 💻 desktop_computer 🖥 keyboard ⌨
iphone 📱 electric_plug 🔌 battery 🔋 floppy_disk 💾 globe_with_meridians 🌐 house 🏠 office 🏢
building_construction 🏗 bust_in_silhouette 👤 busts_in_silhouette 👥 cop 👮 detective 🕵 ninja 🥷
guardsman 💂‍♂ man_technologist 👨‍💻 woman_technologist 👩‍💻 technologist 🧑‍💻 art 🎨 lipstick 💄 paintbrush 🖌
triangular_ruler 📐 straight_ruler 📏 dart 🎯 game_die 🎲 jigsaw 🧩 palm_tree 🌴 beach_umbrella 🏖 airplane ✈
car 🚗 train 🚋 ship 🚢 sunny ☀ cloud ☁ snowflake ❄ umbrella ☔ rainbow 🌈 coffee ☕ tea 🍵 beer 🍺 pizza 🍕
cake 🍰 cookie 🍪 apple 🍎 seedling 🌱 evergreen_tree 🌲 herb 🌿 four_leaf_clover 🍀 cactus 🌵 cat 🐱 dog 🐶
fox_face 🦊 owl 🦉 penguin 🐧 unicorn 🦄 ghost 👻 skull 💀 zzz 💤 sweat_drops 💦 dash 💨 boom 💥 moneybag 💰
credit_card 💳 gem 💎 crown 👑 checkered_flag 🏁 triangular_flag_on_post 🚩 white_flag 🏳 information_source ℹ
copyright © recycle ♻ infinity ♾ hash #⃣ one 1⃣ two 2⃣ three 3⃣ four 4⃣ five 5⃣ six 6⃣ seven 7⃣ eight 8⃣
nine 9⃣ keycap_ten 🔟 zero 0⃣ new 🆕 ok 🆗 up 🆙 cool 🆒 free 🆓 sos 🆘 id 🆔 top 🔝 soon 🔜 back 🔙 end 🔚 on 🔛
`;

const characters = new Map();
const words = TABLE.trim().split(/\s+/);
for (let at = 0; at < words.length; at += 2) characters.set(words[at], words[at + 1]);

/** Offered in the reaction picker, in this order. */
export const REACTIONS = [
  "+1", "white_check_mark", "eyes", "raised_hands", "tada", "heart", "rocket", "joy", "pray", "bug", "ticket", "x",
];

/** The character for `name` (without colons, a skin tone ignored), or null where the table has none. */
export function emojiFor(name) {
  return characters.get(name.split("::")[0]) ?? null;
}

/** What the reader sees for `name`: the character, or the name between colons. */
export function emojiText(name) {
  return emojiFor(name) ?? `:${name}:`;
}

/** `text` with every known `:name:` replaced by its character. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+(?:::skin-tone-\d)?):/g, (whole, name) => emojiFor(name) ?? whole);
}

/** Names that begin with `start`, for completion while typing. */
export function emojiNames(start) {
  return [...characters.keys()].filter((name) => name.startsWith(start));
}
