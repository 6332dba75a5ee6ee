-- @noindex

-- Colours and sizes of the gfx panel. Text stands out from what is behind it by 4.5 to 1 and more, the ring around
-- what has the focus by 3 to 1 (WCAG 2.1, 1.4.3 and 1.4.11).

local theme = {
  DARK = {
    page = 0x1d1f22, bar = 0x24272b, stripe = 0x222528, field = 0x2b2f34, over = 0x363b41, down = 0x191b1d,
    edge = 0x78818a, line = 0x34393f, trough = 0x3a4047, text = 0xeceef0, muted = 0xaeb5bc, ring = 0x8fc0ff,
    accent = 0x2a6fdb, accent_over = 0x2763c2, accent_down = 0x1e52a6, on_accent = 0xffffff,
    good = 0x7fd7a0, warning = 0xf2c46d, error = 0xff9a92,
  },
  LIGHT = {
    page = 0xf6f7f8, bar = 0xebedef, stripe = 0xeef0f2, field = 0xffffff, over = 0xe9eef6, down = 0xd9dfe8,
    edge = 0x7d848c, line = 0xd3d7dc, trough = 0xcfd5dc, text = 0x1b1d20, muted = 0x50565d, ring = 0x0b57d0,
    accent = 0x1f5fd0, accent_over = 0x1a52b6, accent_down = 0x154394, on_accent = 0xffffff,
    good = 0x14663a, warning = 0x764600, error = 0xb3261e,
  },
}

local BASE = {
  body = 16, small = 14, heading = 22, -- fonts
  margin = 20, gap = 12, gap_small = 4, gap_label = 6, gap_section = 16, pad = 12, pad_cell = 8,
  control = 34, item = 26, tick = 18, button = 36, button_least = 84, bar = 12, round = 6, hair = 1, ring = 2,
  ring_gap = 2, column_least = 230, window_least = 120, cell_least = 120, scroll = 8, step = 34, mark = 4,
}
local ITEMS = 5
local MIDDLE = 3 * 255 / 2

-- Returns the sizes in pixels at a scale. ``items`` is how many tracks a list shows at once.
function theme.sizes(scale)
  local sizes = {items = ITEMS}
  for name, size in pairs(BASE) do sizes[name] = math.max(1, math.floor(size * scale + 0.5)) end
  return sizes
end

-- Returns the colours that go with REAPER's own: dark where its windows are dark.
function theme.colours()
  local native = reaper.GetThemeColor('col_main_bg2', 0)
  if native < 0 then return theme.DARK end
  -- Which channel is first is the system's affair.
  local bright = (native & 255) + (native >> 8 & 255) + (native >> 16 & 255)
  return bright < MIDDLE and theme.DARK or theme.LIGHT
end

return theme
