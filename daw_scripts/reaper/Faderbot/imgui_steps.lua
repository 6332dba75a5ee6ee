-- @noindex

-- A bar of a rhythm, drawn with ReaImGui: a step for each letter (panel_widgets.lua), the harder the hit the higher.

local steps = {}

local HITS = {x = {share = 0.55, colour = 0x8FC0FFFF}, o = {share = 0.95, colour = 0xFFFFFFFF}}
local REST_COLOUR, BEAT_COLOUR = 0x606870FF, 0x9AA2AAFF
local WIDEST, NARROWEST = 1.2, 4 -- a step, in heights of the font and in pixels
local GAP = 1

-- Draws where the cursor is, and takes the room.
function steps.draw(view, marks, beats)
  local ImGui, ctx = view.ImGui, view.ctx
  local size, count = ImGui.GetFontSize(ctx), math.max(1, #marks)
  local room = ImGui.GetContentRegionAvail(ctx)
  local wide = math.max(NARROWEST, math.min(WIDEST * size, math.floor(room / count)))
  local each = math.max(1, count // math.max(1, beats))
  local left, top = ImGui.GetCursorScreenPos(ctx)
  local list = ImGui.GetWindowDrawList(ctx)

  local function fill(x, x2, high, colour)
    ImGui.DrawList_AddRectFilled(list, x, top + size - high, x2, top + size, colour)
  end

  for step = 1, #marks do
    local x = left + (step - 1) * wide
    local hit = HITS[marks:sub(step, step)]
    if (step - 1) % each == 0 then fill(x, x + GAP, size, BEAT_COLOUR) end
    fill(x + 2 * GAP, x + wide - GAP, hit and hit.share * size or GAP, hit and hit.colour or REST_COLOUR)
  end
  ImGui.Dummy(ctx, count * wide, size)
end

return steps
